import { PlatformError, type Identity } from '@plinth/contracts';
import type { BatchStore, FileRecord } from '@plinth/stores/batches';

/** What one tenant may have lying about; all counts at once, whoever of it asks. */
export interface TenantBounds {
  readonly maxFiles: number;
  /** Bytes of all its files together. */
  readonly maxStoredBytes: number;
  /** Batches that have not ended. */
  readonly maxOpenBatches: number;
}

/** Batches of all tenants that may be open at once: what a worker looks at in one round. */
const OPEN_BATCHES = 1_000;
const PAGE = 100;

/** Refuses what would come to more than a tenant may have. Counted anew each time: there is no second book to go wrong. */
export async function requireRoomForFile(
  store: Pick<BatchStore, 'listFiles'>,
  { tenant }: Pick<Identity, 'tenant'>,
  { maxFiles, maxStoredBytes }: TenantBounds,
  more: { readonly files: number; readonly bytes: number },
): Promise<void> {
  let { files, bytes } = more;
  for await (const file of filesOf(store, tenant)) [files, bytes] = [files + 1, bytes + file.bytes];
  if (files > maxFiles) throw full(`would have ${files} files; it may have ${maxFiles}`);
  if (bytes > maxStoredBytes) throw full(`would have ${bytes} bytes of files; it may have ${maxStoredBytes}`);
}

export async function requireRoomForBatch(
  store: Pick<BatchStore, 'openBatches'>,
  { tenant }: Pick<Identity, 'tenant'>,
  { maxOpenBatches }: TenantBounds,
): Promise<void> {
  const open = await store.openBatches(OPEN_BATCHES);
  if (open.length >= OPEN_BATCHES)
    throw new PlatformError('overloaded', 'The platform has as many open batches as it can have. Try again later.', {
      retryAfterSeconds: 60,
    });
  const own = open.filter((batch) => batch.tenant === tenant).length;
  if (own >= maxOpenBatches)
    throw new PlatformError(
      'rate_limit_exceeded',
      `Your organization has ${own} open batches, the most it may have. Wait for one to end, or cancel one.`,
      { retryAfterSeconds: 60 },
    );
}

async function* filesOf(store: Pick<BatchStore, 'listFiles'>, tenant: string): AsyncGenerator<FileRecord> {
  for (let after: string | undefined; ;) {
    const page = await store.listFiles(tenant, { after, limit: PAGE });
    yield* page.items;
    after = page.items.at(-1)?.id;
    if (!page.more) return;
  }
}

function full(what: string): PlatformError {
  return new PlatformError('permission_denied', `Your organization ${what}. Delete files that are not needed.`);
}
