import { ENDED, type BatchObject } from '@plinth/contracts';
import { collectBatch, type BatchOutcome, type CollectedBatch, type CollectedFile } from '@plinth/batching';
import type { Ledger } from '@plinth/stores';
import type { BatchRecord, BatchStore, FileRecord } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { record, type Recorder } from '../audit.ts';
import { enter } from '../batches/enter.ts';
import { objectKeys } from '../object-keys.ts';
import { dropShardObjects } from './drop-shard-objects.ts';
import { reservationOf } from './reservation.ts';
import { callWebhook } from './webhook.ts';

export interface ConcludeOptions extends Recorder {
  readonly store: Pick<BatchStore, 'results' | 'putFile' | 'changeBatch' | 'dropShards'>;
  readonly objects: Pick<ObjectStore, 'put' | 'get' | 'delete' | 'list'>;
  readonly ledger: Pick<Ledger, 'settle'>;
  /** As callers see it. */
  readonly view: (batch: BatchRecord) => Promise<BatchObject>;
  /** Ends the tries of a webhook: the next process begins them again. @default the signal of the step */
  readonly stopping?: AbortSignal;
  /** Told of a webhook that nobody took. */
  readonly onError: (error: unknown, batchId: string) => void;
  readonly onEnded?: (batchId: string) => void;
}

/** How a batch ends. A worker's never fails once it is cut; the workflow of AWS may. */
export type BatchEnding = BatchOutcome | 'failed';

export interface Conclusion {
  readonly outcome: BatchEnding;
  /** What the error file says of records that were not run. @default what `outcome` means for them */
  readonly missing?: { readonly code: string; readonly message: string } | undefined;
  readonly signal: AbortSignal;
}

const NO_BYTES = new Uint8Array();

/** What the error file says of records that were not run. */
const NOT_RUN = {
  completed: undefined,
  expired: { code: 'batch_expired', message: 'The record was not run before the deadline of its batch.' },
  cancelled: { code: 'batch_cancelled', message: 'The record was not run: its batch was cancelled.' },
  failed: { code: 'batch_failed', message: 'The record was not run: its batch failed.' },
} as const satisfies Record<BatchEnding, { code: string; message: string } | undefined>;

const AUDITED = { completed: 'allowed', expired: 'expired', cancelled: 'cancelled', failed: 'failed' } as const;

/** Ends a batch of which nothing more will come: files, money, state, in that order, each of which may be done again. */
export function createConclude(options: ConcludeOptions) {
  const { store, objects, ledger, clock } = options;
  return async (batch: BatchRecord, { outcome, missing = NOT_RUN[outcome], signal }: Conclusion): Promise<void> => {
    const ending =
      batch.status === 'in_progress' ? await store.changeBatch(batch, enter(batch, 'finalizing', clock.now())) : batch;
    const names = { output: `file-${batch.id}-output`, errors: `file-${batch.id}-errors` };
    const collected = await collectBatch(batch.id, {
      store,
      objects,
      shards: batch.shards,
      shardKey: (number) => objectKeys.shard(batch.id, number),
      outputKey: objectKeys.file(batch.tenant, names.output),
      errorKey: objectKeys.file(batch.tenant, names.errors),
      missing,
      signal,
    });
    const keep = (id: string, file: CollectedFile | undefined) =>
      file && store.putFile(fileOf(batch, id, file, clock.now()));
    await Promise.all([keep(names.output, collected.output), keep(names.errors, collected.errors)]);
    await ledger.settle(reservationOf(batch), collected.used);
    await objects.put(objectKeys.ending(batch.tenant, batch.id), NO_BYTES, { maxBytes: 0, signal });
    const ended = await store.changeBatch(ending, {
      ...enter(ending, outcome, clock.now()),
      outputFileId: collected.output && names.output,
      errorFileId: collected.errors && names.errors,
      used: collected.used,
      counts: countsOf(collected),
    });
    await finish(options, ended, signal);
  };
}

/**
 * What follows the end of a batch: it is recorded, told, and what was needed for it dropped. Last goes the mark that says that this is to be done:
 * who finds one does it again.
 */
export async function finish(options: ConcludeOptions, batch: BatchRecord, signal: AbortSignal): Promise<void> {
  const { store, objects, view, stopping = signal, onError, onEnded } = options;
  if (!ENDED.has(batch.status)) return;
  await record(options, batch, {
    requestId: batch.id,
    action: 'batch.ended',
    outcome: AUDITED[batch.status as BatchEnding],
    reason: batch.status,
    reservationId: batch.reservation?.id,
    ...batch.used,
  });
  const { webhook } = batch.request.plinth ?? {};
  if (webhook !== undefined)
    await callWebhook(webhook, await view(batch), { signal: stopping }).catch((error: unknown) => {
      stopping.throwIfAborted();
      onError(error, batch.id);
    });
  await store.dropShards(batch.id);
  await dropShardObjects(objects, batch.id, signal);
  await objects.delete(objectKeys.ending(batch.tenant, batch.id), { signal });
  onEnded?.(batch.id);
}

/** A record that was not run counts as failed: the counts come to the total. */
function countsOf({ completed, failed, missing }: CollectedBatch) {
  return { completed, failed: failed + missing };
}

function fileOf(
  { tenant, principal, id: batchId }: BatchRecord,
  id: string,
  { key, bytes, sha256 }: CollectedFile,
  createdAt: number,
): FileRecord {
  const filename = `${batchId}_${id.endsWith('-output') ? 'output' : 'error'}.jsonl`;
  return {
    id,
    tenant,
    principal,
    filename,
    purpose: 'batch_output',
    bytes,
    sha256,
    key,
    createdAt,
    expiresAt: undefined,
  };
}
