import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRunFile } from '../laptop/run-file.ts';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
let mode = 'up';
const asked: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
    if (request.method === 'POST') ({ mode } = JSON.parse(body) as { mode: string });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'link_switch', mode }));
  });
});
beforeAll(async () => {
  plinth = await openPlinth();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeRunFile(plinth.state, { pid: process.pid, url, apiKey: 'plinth_own', services: [] });
});
afterAll(async () => {
  server.close();
  await plinth.close();
});

describe('plinth edge link', () => {
  it("turns the laptop's own link, and tells how it is", async () => {
    const down = await plinth.run('edge', 'link', 'down');
    expect(down).toMatchObject({ code: 0, stdout: 'The link between the site and its centre is cut.\n' });
    const status = await plinth.run('edge', 'link', 'status', '--json');
    expect(JSON.parse(status.stdout)).toEqual({ object: 'link_switch', mode: 'down' });
    expect(asked).toEqual([
      'POST /edge/v1/link Bearer plinth_own {"mode":"down"}',
      'GET /edge/v1/link Bearer plinth_own ',
    ]);
  });

  it('refuses a mode that is none', async () => {
    const { code, stderr } = await plinth.run('edge', 'link', 'sideways');
    expect(code).toBe(1);
    expect(stderr).toContain('up, down, slow, status');
  });
});
