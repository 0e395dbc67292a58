import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TcpLink } from '@plinth/local/link';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveLinkSwitch } from './link-switch.ts';

const link = new TcpLink();
let centre: Server;
let overLink: string;
let served: Awaited<ReturnType<typeof serveLinkSwitch>>;
beforeAll(async () => {
  centre = createServer((_request, response) => response.end('there')).listen(0, '127.0.0.1');
  await once(centre, 'listening');
  overLink = await link.toUrl(`http://127.0.0.1:${(centre.address() as AddressInfo).port}`);
  served = await serveLinkSwitch({ link, host: '127.0.0.1', port: 0, apiKey: 'plinth_own' });
});
afterAll(async () => {
  await Promise.all([served.close(), link.close()]);
  centre.closeAllConnections();
  centre.close();
});

const ask = async (method: string, body?: string, key = 'plinth_own', path = '/v1/link') => {
  const init = body === undefined ? {} : { body };
  const response = await fetch(`${served.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...init,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const reach = () =>
  fetch(overLink).then(
    (response) => response.text(),
    () => 'no way',
  );

describe('the switch of the link', () => {
  it('cuts the link, mends it, and tells how it is', async () => {
    expect((await ask('GET')).body).toEqual({ object: 'link_switch', mode: 'up' });
    expect(await reach()).toBe('there');
    expect((await ask('POST', '{"mode":"down"}')).body).toMatchObject({ mode: 'down' });
    expect(await reach()).toBe('no way');
    for (const mode of ['slow', 'up']) {
      expect((await ask('POST', JSON.stringify({ mode }))).body).toMatchObject({ mode });
      expect((await ask('GET')).body).toMatchObject({ mode });
      expect(await reach()).toBe('there');
    }
  });

  it.each([
    ['another key', 401, 'invalid_api_key', ['POST', '{"mode":"down"}', 'plinth_other']],
    ['no mode', 400, 'invalid_request', ['POST', '{}']],
    ['a mode that is none', 400, 'invalid_request', ['POST', '{"mode":"sideways"}']],
    ['no JSON', 400, 'invalid_request', ['POST', 'down']],
    ['a body without end', 413, 'request_too_large', ['POST', 'x'.repeat(5_000)]],
    ['another path', 404, 'not_found', ['GET', undefined, undefined, '/v1/site']],
  ] as const)('refuses %s, and leaves the link as it is', async (_what, status, code, args) => {
    expect(await ask(...(args as unknown as Parameters<typeof ask>))).toMatchObject({
      status,
      body: { error: { code } },
    });
    expect(link.mode).toEqual({ kind: 'open' });
  });
});
