import type { DocumentIndex } from '@plinth/retrieval';
import type { ObjectStore, ObjectSummary } from '@plinth/stores/objects';

/** Far longer than it may take to accept a document once its object is written, milliseconds. */
const GRACE_MS = 24 * 3_600_000;

export interface SweepOptions {
  readonly index: Pick<DocumentIndex, 'referenced'>;
  readonly objects: ObjectStore;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Removes originals that no document and no job needs. Safe beside acceptances: only what was written a day ago is looked at, and what is
 * removed is the write that was looked at; a document that is sent meanwhile writes its object anew. A store that cannot tell writes apart is
 * left as it is. @returns How many were removed.
 */
export async function sweepObjects(options: SweepOptions): Promise<number> {
  const { objects, now, signal } = options;
  let removed = 0;
  for await (const page of objects.list('', { signal })) {
    const old = page.filter(({ modifiedAt }) => modifiedAt < now() - GRACE_MS);
    for (const [tenant, keys] of byTenant(old)) removed += await sweepTenant(tenant, keys, options);
  }
  return removed;
}

async function sweepTenant(tenant: string, keys: readonly string[], options: SweepOptions): Promise<number> {
  const { index, objects, now, signal } = options;
  // The version is read before the need is asked for: an object that is written in between has another one.
  const versions = new Map<string, string>();
  for (const key of keys) {
    const head = await objects.head(key, { signal });
    if (head?.version !== undefined && head.modifiedAt < now() - GRACE_MS) versions.set(key, head.version);
  }
  const needed = await index.referenced(tenant, [...versions.keys()]);
  let removed = 0;
  for (const [key, version] of versions)
    if (!needed.has(key) && (await objects.delete(key, { version, signal }))) removed += 1;
  return removed;
}

function byTenant(objects: readonly ObjectSummary[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { key } of objects) {
    // Tenants may hold slashes; hashes do not.
    const tenant = key.slice(0, key.lastIndexOf('/'));
    keys.set(tenant, [...(keys.get(tenant) ?? []), key]);
  }
  return keys;
}
