import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, type Listening } from './listen.ts';

const running: Listening[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(0)));
});

async function serve(fetch: (request: Request) => Response | Promise<Response>): Promise<Listening> {
  const server = await listen(fetch, { host: '127.0.0.1', port: 0 });
  running.push(server);
  return server;
}

function getOverHttp2(url: string): Promise<string> {
  const session = connectHttp2(url);
  return new Promise<string>((resolve, reject) => {
    let body = '';
    session.on('error', reject);
    session
      .request({ ':path': '/over-h2' })
      .setEncoding('utf8')
      .on('data', (chunk: string) => (body += chunk))
      .on('end', () => resolve(body))
      .end();
  }).finally(() => session.close());
}

describe('listen', () => {
  it('speaks HTTP/1.1 and HTTP/2 on one port', async () => {
    const { url } = await serve((request) => new Response(new URL(request.url).pathname));
    expect(await (await fetch(`${url}/over-h1`)).text()).toBe('/over-h1');
    expect(await getOverHttp2(url)).toBe('/over-h2');
  });

  it('takes a request whose first bytes come one by one', async () => {
    const { url } = await serve(() => new Response('whole'));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.setNoDelay(true);
    for (const byte of 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n') {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toContain('whole');
  });

  it.each(['its stream', 'its whole connection'])('tells a handler when an HTTP/2 client ends %s', async (what) => {
    const gone = new Promise<void>((resolve) => {
      void serve((request) => {
        request.signal.addEventListener('abort', () => resolve());
        return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([1])) }));
      }).then(({ url }) => {
        const session = connectHttp2(url);
        const stream = session.request({ ':path': '/' });
        stream.on('error', () => undefined);
        stream.once('data', () => {
          if (what === 'its stream') stream.close();
          else session.destroy();
        });
      });
    });
    await gone;
  });

  it('lets a running answer finish when it closes, and cuts it off after the grace', async () => {
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const patient = await serve(() => gate.then(() => new Response('late')));
    const answer = fetch(patient.url);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = patient.close(5_000);
    finish();
    expect(await (await answer).text()).toBe('late');
    await closing;

    const stuck = await serve(() => new Promise<Response>(() => undefined));
    const cut = fetch(stuck.url).catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await stuck.close(20);
    expect(await cut).toBe('fetch failed');
  });

  it('says which port is taken', async () => {
    const { url } = await serve(() => new Response(''));
    const port = Number(new URL(url).port);
    await expect(listen(() => new Response(''), { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(String(port)),
    });
  });
});
