import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Longest nothing of an upload may come, milliseconds. */
const IDLE_MS = 60_000;

/** What Node itself answers where nobody listens for such errors; all else is a 400. */
const ANSWERS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

/**
 * Lets uploads take longer than the server's `requestTimeout`, which cuts a large document on a slow line: past it they may go on as long as bytes
 * keep coming. Everything else ends as it did.
 */
export function allowUploads(server: Server, isUpload: (path: string) => boolean, idleMs = IDLE_MS): void {
  const uploads = new WeakMap<Duplex, IncomingMessage>();
  server.on('request', (request: IncomingMessage) => {
    if (isUpload(request.url ?? '')) uploads.set(request.socket, request);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const upload = uploads.get(socket);
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && upload !== undefined && arrives(upload)) watch(upload, idleMs);
    else refuse(socket, error.code);
  });
}

/** Node looks at a request's time once: from there on it is ours. */
function watch(upload: IncomingMessage, idleMs: number): void {
  const { socket } = upload;
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const isIdle = socket.bytesRead === seen;
    seen = socket.bytesRead;
    if (arrives(upload) && !isIdle) return;
    clearInterval(timer);
    if (!arrives(upload)) return;
    refuse(socket, 'ERR_HTTP_REQUEST_TIMEOUT');
    upload.destroy();
  }, idleMs).unref();
}

function arrives(upload: IncomingMessage): boolean {
  return !upload.complete && !upload.destroyed;
}

function refuse(socket: Duplex, code = ''): void {
  if (!socket.writable || code === 'ECONNRESET') socket.destroy();
  else
    socket.end(`HTTP/1.1 ${ANSWERS[code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}
