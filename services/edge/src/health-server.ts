import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/live`: the process answers. `/ready`: nothing is wrong, or what is. On a port of its own, so that callers never reach it. */
export async function serveHealth(
  problem: (signal: AbortSignal) => Promise<string | undefined>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HealthServer> {
  const over = new AbortController();
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/live') answer(200, { status: 'ok' });
    else if (request.url === '/ready')
      problem(over.signal).then(
        (found) =>
          found === undefined ? answer(200, { status: 'ready' }) : answer(503, { status: 'not ready', problem: found }),
        () => answer(503, { status: 'not ready' }),
      );
    else answer(404, {});
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () => {
      over.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
