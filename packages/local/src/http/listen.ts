import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { PlatformError } from '@plinth/contracts';

export interface ListenOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

export interface Listening {
  url: string;
  /** Takes no new requests, waits up to `graceMs` for those that run, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** A connection that says nothing for this long is dropped, milliseconds. */
const FIRST_BYTE_TIMEOUT_MS = 10_000;
/** How every HTTP/2 connection begins when both sides know that it is one (RFC 9113, section 3.4). */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0');

/**
 * Serves a fetch handler over HTTP/1.1 and, on the same port, HTTP/2 without TLS: the AWS SDK for JavaScript speaks HTTP/2 to the Bedrock
 * runtime, and curl and browsers do not. Which one a connection is shows in its first bytes.
 */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: ListenOptions,
): Promise<Listening> {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const http1 = createHttpServer(listener);
  const http2 = createHttp2Server(listener);
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http2.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });

  // The HTTP/1.1 server does the listening, since its time limits only work then; we come before its own connection listener.
  const asHttp1 = http1.listeners('connection');
  http1.removeAllListeners('connection');
  http1.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(first);
      if (isHttp2(first)) {
        // An HTTP/1.1 server leaves sockets half open. An HTTP/2 client that hangs up may send nothing but the end of the connection.
        socket.allowHalfOpen = false;
        http2.emit('connection', socket);
      } else asHttp1.forEach((accept) => void accept.call(http1, socket));
      process.nextTick(() => socket.resume());
    });
  });

  await new Promise<void>((resolve, reject) => {
    http1.once('error', (error) => reject(cannotListen(host, port, error)));
    http1.listen(port, host, resolve);
  });
  const address = http1.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()));
      closeWhenIdle(http1, sessions);
      const cutOff = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
      // A keep-alive connection that turns idle later has nobody else to close it.
      const sweep = setInterval(() => http1.closeIdleConnections(), 50);
      await closed;
      clearTimeout(cutOff);
      clearInterval(sweep);
    },
  };
}

function isHttp2(first: Buffer): boolean {
  return first.subarray(0, HTTP2_PREFACE.length).equals(HTTP2_PREFACE);
}

function closeWhenIdle(http1: HttpServer, sessions: Set<ServerHttp2Session>): void {
  http1.closeIdleConnections();
  for (const session of sessions) session.close();
}

function cannotListen(host: string, port: number, cause: unknown): PlatformError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError('configuration', `Cannot listen on ${host}:${port}: ${why}. Choose another port.`, {
    cause,
  });
}
