import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer byte by byte: what a test says goes over the socket, in these pieces. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Each piece is one write; with `isSplit` the next waits until the socket has sent it. */
  readonly chunks: Iterable<Uint8Array>;
  readonly isSplit?: boolean;
  /** What comes after the last piece. @default 'end' */
  readonly ending?: 'end' | 'hang' | 'cut';
}

export interface WireRequest {
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface WireServer {
  readonly url: string;
  readonly requests: WireRequest[];
  answer: (request: WireRequest) => WireAnswer;
  /** Bytes handed to the kernel so far, over all answers. */
  readonly written: () => number;
  /** Answers whose connection was closed by the client before they were complete. */
  readonly abandoned: () => number;
  readonly openSockets: () => number;
  readonly connections: () => number;
  /** Resolves at the next answer abandoned by its client. */
  readonly nextAbandoned: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** A server on 127.0.0.1 that sends exactly what it is told, for tests of adapters. */
export async function startWireServer(): Promise<WireServer> {
  let written = 0;
  let abandoned = 0;
  let open = 0;
  let connections = 0;
  const requests: WireRequest[] = [];

  const http = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void readBody(request).then(async (body) => {
      const received = { path: request.url ?? '', body, headers: request.headers };
      requests.push(received);
      response.on('close', () => {
        if (response.writableFinished) return;
        abandoned += 1;
        http.emit('abandoned');
      });
      await send(response, server.answer(received), (bytes) => (written += bytes));
    });
  });
  http.on('connection', (socket) => {
    socket.setNoDelay(true);
    connections += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');

  const server: WireServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    answer: () => ({ status: 500, headers: {}, chunks: [] }),
    written: () => written,
    abandoned: () => abandoned,
    openSockets: () => open,
    connections: () => connections,
    nextAbandoned: () => once(http, 'abandoned'),
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function send(response: ServerResponse, answer: WireAnswer, count: (bytes: number) => void): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  for (const chunk of answer.chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
    else if (answer.isSplit === true) await new Promise((resolve) => setImmediate(resolve));
    count(chunk.length);
  }
  if (answer.ending === 'hang') return;
  if (answer.ending === 'cut') response.socket?.destroy();
  else response.end();
}

/** Until the socket takes more, or the client is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}
