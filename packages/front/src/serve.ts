import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { PlatformError } from '@plinth/contracts';

/** How long running answers may go on after a stop was asked for, milliseconds. */
const DRAIN_MS = 10_000;

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];
type Server = ReturnType<typeof createAdaptorServer>;

/** A front that listens. */
export interface ServedFront {
  readonly url: string;
  /** Takes no more requests, and lets running answers end, for a while. */
  drain(): Promise<void>;
}

/** Serves a front on Node. Throws `configuration` when the port is taken. @param port 0 takes a free one. */
export async function serveFront(fetch: Fetch, options: { host: string; port: number }): Promise<ServedFront> {
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { requestTimeout: 60_000, headersTimeout: 15_000 },
  });
  await listen(server, options.port, options.host);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { url: `http://${options.host}:${port}`, drain: () => drain(server) };
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
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
