import { PlatformError, type BatchError } from '@plinth/contracts';
import { splitFile, type SplitResult } from '@plinth/batching';
import { addAmounts, NOTHING, type Router } from '@plinth/gateway';
import type { Amount, Ledger } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { record, type Recorder } from '../audit.ts';
import { enter } from '../batches/enter.ts';
import { objectKeys } from '../object-keys.ts';
import { dropShardObjects } from './drop-shard-objects.ts';
import { reserve } from './reservation.ts';
import { worstCaseOfLine } from './worst-case.ts';

export interface PrepareOptions extends Recorder {
  readonly store: Pick<BatchStore, 'getFile' | 'addShards' | 'changeBatch'>;
  readonly objects: Pick<ObjectStore, 'put' | 'get' | 'delete' | 'list'>;
  readonly ledger: Ledger;
  readonly router: Router;
  readonly maxRecords?: number;
  readonly recordsPerShard?: number;
  /** What runs a batch, once it is known how much it is. Throws why nothing does. @default the worker beside the API */
  readonly choose?: (batch: BatchRecord, cut: CutBatch) => ChosenEngine;
}

/** How much a batch is. */
export interface CutBatch {
  readonly model: string;
  readonly records: number;
  readonly worstCase: Amount;
}

export interface ChosenEngine {
  readonly engine: string;
  /** In words. */
  readonly reasons: readonly string[];
  /** At its prices. */
  readonly worstCase: Amount;
}

const EMBEDDED = 'embedded';

function embedded({ request }: BatchRecord, { worstCase }: CutBatch): ChosenEngine {
  const { engine = EMBEDDED } = request.plinth ?? {};
  if (engine !== EMBEDDED)
    throw new PlatformError('invalid_request', `There is no engine "${engine}" here. Leave it out.`);
  const reasons = ['It is run where it was taken in: there is no other engine here.'];
  return { engine, reasons, worstCase };
}

/**
 * From `validating` to `in_progress`: cuts and checks the file, adds up its worst case and reserves it. What is wrong with the file, or over a budget,
 * fails the batch, which then says so. May be done again, whatever of it was done before.
 */
export function createPrepare(options: PrepareOptions) {
  return async (batch: BatchRecord, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
    const { store, clock, choose = embedded } = options;
    const { split, worstCase } = await cut(options, batch, signal);
    if (split.errors.length > 0) return fail(options, batch, split.errors, signal);
    const { records, model = '' } = split;
    const chosen = orRefusal(() => choose(batch, { model, records, worstCase }));
    if (chosen instanceof PlatformError) return fail(options, batch, [errorOf(chosen)], signal);
    const reservation = await reserve(options, batch, chosen.worstCase);
    if (reservation instanceof PlatformError) return fail(options, batch, [errorOf(reservation)], signal);
    await store.addShards(split.shards);
    await store.changeBatch(batch, {
      ...enter(batch, 'in_progress', clock.now()),
      engine: chosen.engine,
      reasons: chosen.reasons,
      reservation,
      total: split.records,
      shards: split.shards.length,
    });
  };
}

function orRefusal<T>(choose: () => T): T | PlatformError {
  try {
    return choose();
  } catch (error) {
    const refusal = PlatformError.from(error);
    if (refusal.status >= 500) throw refusal;
    return refusal;
  }
}

async function cut(
  { store, objects, router, maxRecords, recordsPerShard }: PrepareOptions,
  { id, tenant, request }: BatchRecord,
  signal: AbortSignal,
): Promise<{ readonly split: SplitResult; readonly worstCase: Amount }> {
  const file = await store.getFile(tenant, request.input_file_id);
  const input = file && (await objects.get(file.key, { signal }));
  if (input === undefined) return { split: GONE, worstCase: NOTHING };
  const models = new Set(router.catalog.map((model) => model.id));
  let worstCase = NOTHING;
  try {
    const split = await splitFile(input.body as AsyncIterable<Uint8Array>, {
      batchId: id,
      endpoint: request.endpoint,
      knowsModel: (name) => models.has(name),
      objects,
      shardKey: (number) => objectKeys.shard(id, number),
      onRecord: (line) => (worstCase = addAmounts(worstCase, worstCaseOfLine(line, router))),
      maxRecords,
      recordsPerShard,
      signal,
    });
    return { split, worstCase };
  } finally {
    input.body.destroy();
  }
}

const GONE: SplitResult = {
  records: 0,
  shards: [],
  model: undefined,
  errors: [
    {
      code: 'file_not_found',
      message: 'The input file was deleted before it was read.',
      line: null,
      param: 'input_file_id',
    },
  ],
};

function errorOf({ code, message }: PlatformError): BatchError {
  return { code, message, line: null, param: null };
}

async function fail(
  options: PrepareOptions,
  batch: BatchRecord,
  errors: readonly BatchError[],
  signal: AbortSignal,
): Promise<void> {
  const { store, objects, clock } = options;
  await dropShardObjects(objects, batch.id, signal);
  await store.changeBatch(batch, { ...enter(batch, 'failed', clock.now()), errors });
  const [first] = errors;
  await record(options, batch, {
    requestId: batch.id,
    action: 'batch.refused',
    outcome: 'refused',
    reason: first?.code,
  });
}
