import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { PlatformError } from '@plinth/contracts';
import { allowUploads } from './patient-uploads.ts';

/** How long running answers may go on after a stop was asked for, milliseconds. */
const DRAIN_MS = 10_000;

type Fetch = Parameters<typeof getRequestListener>[0];

/** A route that is answered before the app is asked. Its path is matched as it came; `answer` must not reject. */
export interface DirectRoute {
  readonly method: string;
  readonly path: string;
  readonly answer: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
}

/** A front that listens. */
export interface ServedFront {
  readonly url: string;
  /** Takes no more requests, and lets running answers end, for a while. */
  drain(): Promise<void>;
}

/** Serves a front on Node. Throws `configuration` when the port is taken. @param port 0 takes a free one. */
export async function serveFront(
  fetch: Fetch,
  options: {
    host: string;
    port: number;
    direct?: DirectRoute;
    /** Paths of uploads, which may take longer than other requests: as long as bytes keep coming. */
    isUpload?: (path: string) => boolean;
  },
): Promise<ServedFront> {
  const server = createFrontServer(fetch, options.direct);
  if (options.isUpload !== undefined) allowUploads(server, options.isUpload);
  await listen(server, options.port, options.host);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { url: `http://${options.host}:${port}`, drain: () => drain(server) };
}

/** Node's server of a front. */
export function createFrontServer(fetch: Fetch, direct?: DirectRoute): Server {
  const listener = getRequestListener(fetch);
  return createServer({ requestTimeout: 60_000, headersTimeout: 15_000 }, (incoming, outgoing) => {
    const isDirect = incoming.url === direct?.path && incoming.method === direct?.method;
    void (isDirect ? direct!.answer(incoming, outgoing) : listener(incoming, outgoing));
  });
}

/** Resolves when the process is asked to stop. @param withParent Also when whoever started it is gone: they hold the other end of its standard input. */
export function stopAsked(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (withParent) process.stdin.on('end', resolve).on('error', resolve).resume();
  });
}

/** Runs an entry point to its end. A failure is told as one JSON line to whoever started it, and in full on standard error. */
export function runService(main: () => Promise<void>): void {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const { code, message } = PlatformError.from(error);
      process.stdout.write(`${JSON.stringify({ event: 'failed', code, message })}\n`);
      console.error(error);
      process.exit(1);
    },
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PlatformError(
              'configuration',
              `Port ${port} is taken. Stop what listens there, or set PLINTH_PORT to another.`,
            )
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
