import { createServer } from 'node:net';

/** `wanted` if nothing listens there, else 0: any free one. */
export function freePortOr0(wanted: number, host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, host, () => probe.close(() => resolve(wanted)));
  });
}
