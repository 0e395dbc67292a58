import type { BatchServerEnvironment, CatalogModel } from '@plinth/contracts';
import { BatchWorker, type RecordEngine, type Timers } from '@plinth/batching';
import {
  configuredGuard,
  Conversations,
  createRouter,
  type Identify,
  type Observe,
  type Router,
} from '@plinth/gateway';
import type { ModelClient } from '@plinth/models';
import type { createBedrockRuntime } from '@plinth/models/bedrock';
import type { AuditLog, Clock, ConversationStore, Ledger } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { AsyncRequests } from './async/async-requests.ts';
import { Batches } from './batches/batches.ts';
import { identityOfBatch } from './batches/identity.ts';
import { Files } from './files/files.ts';
import { createConclude, finish, type ConcludeOptions } from './work/conclude.ts';
import { GovernedEngine } from './work/governed-engine.ts';
import { Outlays } from './work/outlay.ts';
import { createPrepare } from './work/prepare.ts';
import { reservationOf } from './work/reservation.ts';
import { dropOrphans, renewReservations, unfinishedBatches } from './work/upkeep.ts';

export type WorkEnvironment = Pick<
  BatchServerEnvironment,
  | 'PLINTH_CATALOG'
  | 'PLINTH_GUARD_POLICY'
  | 'PLINTH_GUARDRAIL'
  | 'PLINTH_WORKER_NAME'
  | 'PLINTH_MAX_FILE_BYTES'
  | 'PLINTH_MAX_FILES'
  | 'PLINTH_MAX_STORED_BYTES'
  | 'PLINTH_MAX_OPEN_BATCHES'
  | 'PLINTH_MAX_RECORDS'
  | 'PLINTH_RECORDS_PER_SHARD'
  | 'PLINTH_CONCURRENCY'
  | 'PLINTH_WINDOWS'
  | 'PLINTH_LEASE_MS'
  | 'PLINTH_REQUEST_TIMEOUT_MS'
>;

export interface Parts {
  readonly environment: WorkEnvironment;
  readonly identify: Identify;
  readonly store: BatchStore;
  readonly objects: ObjectStore;
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly conversations: ConversationStore;
  readonly clock: Clock;
  readonly timers?: Timers;
  /** Reaches Bedrock, for the guardrail; needed when the environment names one. */
  readonly bedrock?: ReturnType<typeof createBedrockRuntime>;
  readonly openModel: (model: CatalogModel) => ModelClient;
  /** Hears of every record. */
  readonly observe: Observe;
  /** @param where The request, or the batch and its shard. */
  readonly logError: (error: unknown, where: string) => void;
  /** How often work is looked for, milliseconds. @default 2_000 */
  readonly pollMs?: number;
  /** How often the ledger is told what batches have come to, milliseconds. @default 2_000 */
  readonly tellMs?: number;
}

export interface BatchPlatform extends Pick<Parts, 'identify' | 'audit' | 'clock' | 'logError'> {
  readonly files: Files;
  readonly batches: Batches;
  readonly router: Router;
  readonly asyncRequests: AsyncRequests;
  /** Records that are being answered. */
  readonly inFlight: number;
  /** Begins to work, also on what the process before left. */
  start(): Promise<void>;
  /** Takes nothing more, lets what is under way end for a while, and gives the rest back. */
  stop(): Promise<void>;
}

const UPKEEP_MS = 3_600_000;
/** How long records may still take once it is told to stop, milliseconds: whoever started it does not wait much longer. */
const DRAIN_MS = 8_000;

/** Files, batches and the worker that runs them, out of its parts. */
export function composeBatch(parts: Parts): BatchPlatform {
  const { environment, store, objects, ledger, audit, clock, logError, identify } = parts;
  const router = createRouter(environment.PLINTH_CATALOG, parts.openModel);
  const bounds = {
    maxFileBytes: environment.PLINTH_MAX_FILE_BYTES,
    maxFiles: environment.PLINTH_MAX_FILES,
    maxStoredBytes: environment.PLINTH_MAX_STORED_BYTES,
    maxOpenBatches: environment.PLINTH_MAX_OPEN_BATCHES,
  };
  const running = { records: 0 };
  const outlays = new Outlays({ store, ledger, clock, onError: logError, everyMs: parts.tellMs });
  const files = new Files({ store, objects, bounds, clock });
  const batches = new Batches({
    store,
    bounds,
    clock,
    pace: (batchId) => outlays.pace(batchId),
    wake: () => worker.wake(),
  });
  const stopping = new AbortController();
  const concluding: ConcludeOptions = {
    stopping: stopping.signal,
    store,
    objects,
    ledger,
    audit,
    clock,
    view: (batch) => batches.view(batch),
    onError: logError,
    onEnded: (batchId) => outlays.ended(batchId),
  };
  const worker = new BatchWorker({
    store,
    objects,
    clock,
    timers: parts.timers,
    name: environment.PLINTH_WORKER_NAME,
    engineFor: governedEngines(parts, router, { outlays, running }),
    prepare: createPrepare({
      ...{ store, objects, ledger, audit, clock, router },
      maxRecords: environment.PLINTH_MAX_RECORDS,
      recordsPerShard: environment.PLINTH_RECORDS_PER_SHARD,
    }),
    conclude: createConclude(concluding),
    pace: { max: environment.PLINTH_CONCURRENCY },
    windows: environment.PLINTH_WINDOWS,
    leaseMs: environment.PLINTH_LEASE_MS,
    recordTimeoutMs: environment.PLINTH_REQUEST_TIMEOUT_MS,
    pollMs: parts.pollMs,
    drainMs: DRAIN_MS,
    onCommit: (batch, results) => outlays.committed(batch, results),
    onFailure: ({ error, batchId = 'worker', shard }) =>
      logError(error, shard === undefined ? batchId : `${batchId}/${shard}`),
  });
  const upkeep = { store, objects, ledger, clock };
  let timer: NodeJS.Timeout | undefined;
  return {
    identify,
    audit,
    clock,
    logError,
    files,
    batches,
    router,
    asyncRequests: new AsyncRequests({ files, batches, router }),
    get inFlight() {
      return running.records;
    },
    async start() {
      // Before anything else ends: what is unfinished now was left by the process before.
      const unfinished = await unfinishedBatches(upkeep);
      worker.start();
      const { signal } = stopping;
      const quietly = (work: Promise<void>, where: string) =>
        work.catch((error: unknown) => void (signal.aborted || logError(error, where)));
      for (const batch of unfinished) void quietly(finish(concluding, batch, signal), batch.id);
      void quietly(dropOrphans(upkeep, signal), 'upkeep');
      timer = setInterval(() => void quietly(renewReservations(upkeep), 'upkeep'), UPKEEP_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await worker.stop();
    },
  };
}

/** Batches that are run here: the path of a chat request, with whoever asked for the batch. */
function governedEngines(
  parts: Parts,
  router: Router,
  { outlays, running }: { readonly outlays: Outlays; readonly running: { records: number } },
) {
  const { environment, audit, clock, observe } = parts;
  const path = {
    guard: configuredGuard(environment.PLINTH_GUARD_POLICY, environment.PLINTH_GUARDRAIL, parts.bedrock),
    router,
    audit,
    conversations: new Conversations(parts.conversations, clock),
    clock,
    observe,
    requestTimeoutMs: environment.PLINTH_REQUEST_TIMEOUT_MS,
  };
  return (batch: BatchRecord): RecordEngine => {
    const engine = new GovernedEngine({
      ...path,
      identity: identityOfBatch(batch),
      reservation: reservationOf(batch),
      onUsed: (used, worstCase) => outlays.used(used, worstCase),
    });
    return {
      run: (call, options) => {
        running.records += 1;
        return engine.run(call, options).finally(() => (running.records -= 1));
      },
    };
  };
}
