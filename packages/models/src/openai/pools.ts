import type { Dispatcher } from 'undici';

/** Streams to one server at once; admission in front of it bounds what waits for a free connection. */
const CONNECTIONS = 1_024;
const CONNECT_TIMEOUT_MS = 5_000;

const pools = new Map<string, Promise<Dispatcher>>();

/** The process-wide connection pool of an origin (`http://host:port`), opened at first use. */
export function poolFor(origin: string): Promise<Dispatcher> {
  let pool = pools.get(origin);
  if (pool === undefined) {
    pool = openPool(origin);
    pools.set(origin, pool);
  }
  return pool;
}

async function openPool(origin: string): Promise<Dispatcher> {
  const { Pool } = await import('./undici.ts');
  return new Pool(origin, { connections: CONNECTIONS, connect: { timeout: CONNECT_TIMEOUT_MS } });
}

/** Closes every pool and what runs on it: for an entry point that shuts down. A later call opens them again. */
export async function closeOpenAIPools(): Promise<void> {
  const open = [...pools.values()];
  pools.clear();
  await Promise.all(open.map(async (pool) => (await pool).destroy()));
}
