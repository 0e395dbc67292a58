import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { cancelBatch, getBatch, hasEnded } from '../../api/batches/batches.ts';
import type { Batch } from '../../api/batches/batches.ts';
import { firstFailures } from '../../api/batches/failures.ts';
import type { Failures } from '../../api/batches/failures.ts';
import { downloadFile } from '../../api/batches/files.ts';
import type { Problem } from '../../api/problem.ts';
import { batchProblem } from '../../text/batch-problems.ts';
import { attempt, IDLE, LOADING, problemOf } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';
import type { ListParts } from './list.ts';
import { startPolling } from '../polling.ts';
import type { Polling, Seen } from '../polling.ts';

export interface OneBatchState {
  readonly batch: ReadonlySignal<Loaded<Batch>>;
  /** Why the last look failed, while the page shows what was seen before. */
  readonly stale: ReadonlySignal<Problem | undefined>;
  /** The first lines of the error file, once there is one. */
  readonly failures: ReadonlySignal<Loaded<Failures>>;
  /** What went wrong with something that was asked for: a cancellation or a download. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** The file that is being fetched. */
  readonly fetching: ReadonlySignal<string | undefined>;
  readonly cancelling: ReadonlySignal<boolean>;
  /** Looks at a batch until it has ended; returns what stops it. */
  watch(id: string): () => void;
  refresh(): void;
  cancel(): Promise<void>;
  /** The bytes of one of its files; undefined where they did not come, and the problem says why. */
  download(fileId: string): Promise<Blob | undefined>;
  clear(): void;
}

export function createOneBatch({ endpoint, key, files, sightings, watch }: ListParts): OneBatchState {
  const batch = signal<Loaded<Batch>>(IDLE);
  const stale = signal<Problem | undefined>(undefined);
  const failures = signal<Loaded<Failures>>(IDLE);
  const problem = signal<Problem | undefined>(undefined);
  const fetching = signal<string | undefined>(undefined);
  const cancelling = signal(false);
  let polling: Polling | undefined;
  let failuresOf: string | undefined;

  function show(seen: Batch): void {
    batch.value = { status: 'ready', value: seen };
    stale.value = undefined;
    sightings.saw([seen], endpoint.now());
    void files.learn([seen.inputFileId, seen.outputFileId, seen.errorFileId].filter((fileId) => fileId !== undefined));
  }

  async function readFailures(held: string, fileId: string, stop: AbortSignal): Promise<void> {
    if (failuresOf === fileId) return;
    failuresOf = fileId;
    failures.value = LOADING;
    const result = await attempt(() => firstFailures(endpoint, held, fileId, stop));
    if (stop.aborted) return;
    failures.value = result;
    // Asked for again at the next look.
    if (result.status === 'failed') failuresOf = undefined;
  }

  async function look(id: string, stop: AbortSignal): Promise<Seen> {
    const held = key();
    if (held === undefined) return 'over';
    const result = await attempt(() => getBatch(endpoint, held, id, stop));
    if (stop.aborted || key() !== held) return 'over';
    if (result.status !== 'ready') return result.status === 'failed' ? failed(batchProblem(result.problem)) : 'same';
    const before = JSON.stringify(batch.value);
    show(result.value);
    if (result.value.errorFileId !== undefined) void readFailures(held, result.value.errorFileId, stop);
    if (hasEnded(result.value)) return 'over';
    return JSON.stringify(batch.value) === before ? 'same' : 'changed';
  }

  function failed(reason: Problem): Seen {
    const passes = reason.remedy === 'retry';
    if (batch.value.status === 'ready' && passes) stale.value = reason;
    else batch.value = { status: 'failed', problem: reason };
    return passes ? 'failed' : 'over';
  }

  function clear(): void {
    batch.value = IDLE;
    stale.value = undefined;
    failures.value = IDLE;
    problem.value = undefined;
    failuresOf = undefined;
  }

  return {
    batch,
    stale,
    failures,
    problem,
    fetching,
    cancelling,
    watch(id) {
      clear();
      batch.value = LOADING;
      const mine = startPolling((stop) => look(id, stop), watch);
      polling = mine;
      return () => mine.stop();
    },
    refresh: () => polling?.soon(),
    async cancel() {
      const held = key();
      if (held === undefined || batch.value.status !== 'ready' || cancelling.value) return;
      const { id } = batch.value.value;
      problem.value = undefined;
      cancelling.value = true;
      try {
        const seen = await cancelBatch(endpoint, held, id);
        if (key() === held && batch.value.status === 'ready' && batch.value.value.id === id) show(seen);
      } catch (error) {
        problem.value = batchProblem(problemOf(error));
      }
      cancelling.value = false;
      polling?.soon();
    },
    async download(fileId) {
      const held = key();
      if (held === undefined || fetching.value !== undefined) return undefined;
      problem.value = undefined;
      fetching.value = fileId;
      try {
        return await downloadFile(endpoint, held, fileId);
      } catch (error) {
        problem.value = batchProblem(problemOf(error));
        return undefined;
      } finally {
        fetching.value = undefined;
      }
    },
    clear,
  };
}
