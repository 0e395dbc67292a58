import type { PlatformError } from '@plinth/contracts';
import type { Clock } from '@plinth/stores';
import type { BatchRecord, BatchStore, RecordResult } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import type { RecordEngine } from '../ports/record-engine.ts';
import type { Timers } from '../ports/timers.ts';
import type { PaceBounds } from './pace.ts';
import type { RetryRules } from './retry.ts';
import type { Windows } from './windows.ts';

/** How a batch ended, by what is committed of it. `expired`: some records were not run before the deadline. */
export type BatchOutcome = 'completed' | 'expired' | 'cancelled';

/** What went wrong, and where; the worker goes on. */
export interface WorkerFailure {
  readonly error: PlatformError;
  readonly batchId?: string;
  readonly shard?: number;
}

export interface BatchWorkerOptions {
  readonly store: Pick<
    BatchStore,
    'openBatches' | 'openShards' | 'take' | 'beat' | 'committed' | 'commit' | 'finish' | 'release' | 'progress'
  >;
  readonly objects: Pick<ObjectStore, 'get'>;
  /**
   * Holder of its leases. No two processes alive share one; a process that starts under the name of one that has died goes on at once with what that
   * one held, where others wait for the lease time.
   */
  readonly name: string;
  /** What runs the records of a batch; undefined where it is not this worker's to run. Batches of one `engine` share a pace. */
  readonly engineFor: (batch: BatchRecord) => RecordEngine | undefined;
  /**
   * Cuts the file of a batch that is `validating`, reserves, adds its shards and moves it on. May be done again and by several; absent: others do it.
   */
  readonly prepare?: (batch: BatchRecord, options: { readonly signal: AbortSignal }) => Promise<void>;
  /** Writes the files of a batch of which nothing more will come, settles and ends it. May be done again and by several; absent: others do it. */
  readonly conclude?: (
    batch: BatchRecord,
    options: { readonly outcome: BatchOutcome; readonly signal: AbortSignal },
  ) => Promise<void>;
  /** Calls at once on each engine. */
  readonly pace?: PaceBounds;
  readonly retry?: RetryRules;
  /** Hours in which batches run that do not ask for another time (`off_peak: false`). @default always */
  readonly windows?: Windows;
  /** Records a second expected of an engine before it has shown any, to tell whether a deadline leaves time to wait for a window. @default 1 */
  readonly expectedRate?: number;
  /** How long a shard's beat stands still before it is taken over, milliseconds. @default 60,000 */
  readonly leaseMs?: number;
  /** How often work is looked for, milliseconds. @default 2,000 */
  readonly pollMs?: number;
  /** The longest call, milliseconds; it is looked at a few times in a lease time. @default 600,000 */
  readonly recordTimeoutMs?: number;
  /** Shards of one engine at once: more than one where they are small, or the last records of one are slow. @default 8 */
  readonly shardsAtOnce?: number;
  /** How long calls may still take once it is told to stop, milliseconds. @default 25,000 */
  readonly drainMs?: number;
  /** Stops it: a Spot notice, a signal of the system. */
  readonly interruption?: AbortSignal;
  readonly clock: Clock;
  readonly timers?: Timers;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Told after every commit, which may be told again for records that were committed before. */
  readonly onCommit?: (batch: BatchRecord, results: readonly RecordResult[]) => void;
  readonly onFailure?: (failure: WorkerFailure) => void;
}
