import { createServer } from 'node:net';

/** `wanted` if nothing listens there, else 0: any free one. */
export function freePortOr0(wanted: number, host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, host, () => probe.close(() => resolve(wanted)));
  });
}

/** `wanted` if nothing listens there, else a port that was free a moment ago: for a service whose address must be known before it runs. */
export function freePort(wanted: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      wanted !== 0 && error.code === 'EADDRINUSE' ? resolve(freePort(0, host)) : reject(error),
    );
    probe.listen(wanted, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted));
    });
  });
}
