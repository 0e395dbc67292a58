import type { Reader } from './ports/retriever.ts';

/** Who reads, out of who is calling: what was proven of them, and nothing that a request says. */
export function readerOf({ tenant, principal, groups }: Reader): Reader {
  return { tenant, principal, groups };
}
