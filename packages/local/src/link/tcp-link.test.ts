import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LinkMode } from './link-mode.ts';
import { TcpLink } from './tcp-link.ts';

let echo: Server;
let link: TcpLink;
let address: { host: string; port: number };
/** What arrived at the server, and in how many pieces. */
let arrived = '';
const sockets = new Set<Socket>();

beforeAll(async () => {
  echo = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      arrived += String(chunk);
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  link = new TcpLink();
  address = await link.to({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(() => {
  link.mode = { kind: 'cut' };
  link.mode = { kind: 'open' };
  arrived = '';
});
afterAll(async () => {
  await link.close();
  for (const socket of sockets) socket.destroy();
  echo.close();
});

interface Client {
  readonly socket: Socket;
  readonly pieces: string[];
  readonly broken: Promise<void>;
  text(): string;
  /** Resolves when so much has come back. */
  until(text: string): Promise<void>;
}

function open(): Client {
  const socket = connect(address);
  const pieces: string[] = [];
  let heard = () => {};
  socket.on('data', (chunk) => {
    pieces.push(String(chunk));
    heard();
  });
  // Node ends a socket before it resets it, so that its other side may hear of either first.
  const broken = new Promise<void>((resolve) => socket.once('error', () => resolve()).once('end', () => resolve()));
  const text = () => pieces.join('');
  const until = async (wanted: string) => {
    while (text() !== wanted) await new Promise<void>((resolve) => (heard = resolve));
  };
  return { socket, pieces, broken, text, until };
}

/** As long as an echo takes, many times over. */
const echoed = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('a link', () => {
  it.each<LinkMode>([{ kind: 'open' }, { kind: 'delay', ms: 5 }, { kind: 'dribble' }])(
    'that is $kind brings everything there and back, in order',
    async (mode) => {
      link.mode = mode;
      const client = open();
      const text = 'abc'.repeat(500);
      client.socket.write(text);
      await client.until(text);
      expect(arrived).toBe(text);
      client.socket.destroy();
    },
  );

  it('that is slow brings what a server said last before it closed', async () => {
    const brief = createServer((socket) => void socket.end('bye'));
    await new Promise<void>((resolve) => brief.listen(0, '127.0.0.1', resolve));
    link.mode = { kind: 'delay', ms: 20 };
    const { host, port } = await link.to({ host: '127.0.0.1', port: (brief.address() as AddressInfo).port });
    let heard = '';
    for await (const chunk of connect({ host, port })) heard += String(chunk);
    expect(heard).toBe('bye');
    brief.close();
  });

  it('that is cut breaks what is open and refuses what comes', async () => {
    const client = open();
    client.socket.write('a');
    await client.until('a');
    link.mode = { kind: 'cut' };
    await client.broken;
    await open().broken;
    link.mode = { kind: 'open' };
    const again = open();
    again.socket.write('b');
    await again.until('b');
    again.socket.destroy();
  });

  it('that is half open brings what is sent, and no answer', async () => {
    const client = open();
    link.mode = { kind: 'half-open' };
    client.socket.write('a');
    await echoed();
    expect([arrived, client.text()]).toEqual(['a', '']);
    // What is lost is lost: the connection does not go on with a hole in it.
    link.mode = { kind: 'open' };
    await client.broken;
  });

  it('that drops tells nobody', async () => {
    const client = open();
    client.socket.write('a');
    await client.until('a');
    link.mode = { kind: 'drop' };
    client.socket.write('b');
    await echoed();
    expect([arrived, client.text(), client.socket.destroyed]).toEqual(['a', 'a', false]);
    client.socket.destroy();
  });

  it('that resets breaks off in the middle of an answer', async () => {
    link.mode = { kind: 'reset', afterBytes: 4 };
    const client = open();
    client.socket.write('abcdefgh');
    await client.broken;
    expect('abcd'.startsWith(client.text())).toBe(true);
    expect(arrived).toBe('abcdefgh');
  });

  it('keeps the path of an address', async () => {
    const { port } = echo.address() as AddressInfo;
    expect(await link.toUrl(`http://127.0.0.1:${port}/queue/plant`)).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/queue\/plant$/,
    );
    expect(await link.toUrl(`http://127.0.0.1:${port}`)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
