import { createServer } from 'node:http';
import { Pool } from 'undici';

/** The baseline: the least a Node process can do between a client and a model server. Bytes in, bytes out, aborts passed on. */
const upstream = new URL(process.argv[2]!);
const pool = new Pool(upstream.origin, { connections: 2_048, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    let abort: ((reason?: Error) => void) | undefined;
    response.once('close', () => !response.writableFinished && abort?.(new Error('client left')));
    pool.dispatch(
      {
        method: 'POST',
        path: request.url!,
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart: (controller) => (abort = (reason) => controller.abort(reason!)),
        onResponseStart: (controller, status, headers) => {
          response.writeHead(status, headers as Record<string, string>);
          response.on('drain', () => controller.resume());
        },
        onResponseData: (controller, chunk) => {
          if (!response.write(chunk)) controller.pause();
        },
        onResponseEnd: () => response.end(),
        onResponseError: () => response.destroy(),
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${address.port}` }));
});
