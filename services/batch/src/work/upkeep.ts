import { ENDED } from '@plinth/contracts';
import type { Clock, Ledger } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { objectKeys, ownerOfKey } from '../object-keys.ts';
import { RESERVED_MS } from './reservation.ts';

export interface UpkeepOptions {
  readonly store: Pick<BatchStore, 'openBatches' | 'getBatch' | 'getFile'>;
  readonly objects: Pick<ObjectStore, 'list' | 'delete'>;
  readonly ledger: Pick<Ledger, 'renew'>;
  readonly clock: Clock;
}

const OPEN_BATCHES = 1_000;
/** Bytes that no card names are an upload or a collection under way until they are this old, milliseconds. */
const ORPHANED_MS = 24 * 3_600_000;

/** Keeps the money of open batches reserved, also of those that wait for days. */
export async function renewReservations({ store, ledger }: UpkeepOptions): Promise<void> {
  const open = await store.openBatches(OPEN_BATCHES);
  const reservations = open.flatMap(({ reservation }) => (reservation === undefined ? [] : [reservation]));
  if (reservations.length > 0) await ledger.renew(reservations, RESERVED_MS);
}

/** Batches that ended while their process did, so that what follows an end may not have happened. */
export async function unfinishedBatches({ store, objects }: UpkeepOptions): Promise<readonly BatchRecord[]> {
  const found: BatchRecord[] = [];
  for await (const page of objects.list(objectKeys.endings))
    for (const { key } of page) {
      const owner = ownerOfKey(key);
      const batch = owner && (await store.getBatch(owner.tenant, owner.id));
      if (batch !== undefined && ENDED.has(batch.status)) found.push(batch);
    }
  return found;
}

/** Takes away bytes of files whose process was killed between them and their card. */
export async function dropOrphans({ store, objects, clock }: UpkeepOptions, signal: AbortSignal): Promise<void> {
  const before = clock.now() - ORPHANED_MS;
  for await (const page of objects.list(objectKeys.files, { signal }))
    for (const { key, modifiedAt } of page) {
      const owner = ownerOfKey(key);
      if (owner === undefined || modifiedAt >= before) continue;
      if ((await store.getFile(owner.tenant, owner.id)) === undefined) await objects.delete(key, { signal });
    }
}
