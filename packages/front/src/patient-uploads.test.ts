import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowUploads } from './patient-uploads.ts';

let server: Server;
let client: Socket;
let socket: Socket;
/** Bodies that came whole. */
let bodies: string[];
beforeEach(async () => {
  bodies = [];
  // Shorter than anybody's patience: Node tells of it before the second part of a body is sent.
  server = createServer({ requestTimeout: 40, connectionsCheckingInterval: 10 }, (request, response) => {
    text(request).then(
      (body) => response.end(String(bodies.push(body))),
      () => undefined,
    );
  });
  allowUploads(server, (path) => path.startsWith('/v1/documents'), 60_000);
  server.listen(0, '127.0.0.1');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  [socket] = await connected;
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.close();
});

const begin = (path: string) => client.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc`);
const send = async (part: string) => {
  const before = socket.bytesRead;
  client.write(part);
  while (socket.bytesRead === before) await new Promise((resolve) => setImmediate(resolve));
};
const overdue = () => once(server, 'clientError');
const minute = () => vi.advanceTimersByTime(60_000);

describe('a server that is patient with uploads', () => {
  it('ends any other request at its time', async () => {
    const said = text(client);
    begin('/v1/search');
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodies).toEqual([]);
  });

  it('lets an upload take minutes while bytes keep coming', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    begin('/v1/documents');
    await overdue();
    await send('def');
    minute();
    await send('gh');
    minute();
    client.write('i');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    expect(bodies).toEqual(['abcdefghi']);
    minute();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives an upload up of which nothing comes for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const said = text(client);
    begin('/v1/documents');
    await overdue();
    minute();
    expect(await said).toMatch(/^HTTP\/1\.1 408 /);
    expect(vi.getTimerCount()).toBe(0);
    expect(bodies).toEqual([]);
  });

  it('refuses what is no HTTP as Node does', async () => {
    const said = text(client);
    client.write('hello\r\n\r\n');
    expect(await said).toMatch(/^HTTP\/1\.1 400 /);
  });
});
