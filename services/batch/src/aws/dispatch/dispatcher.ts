import { ENDED, PlatformError } from '@plinth/contracts';
import type { Clock, Ledger } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import { enter } from '../../batches/enter.ts';
import { RESERVED_MS, reservationOf } from '../../work/reservation.ts';
import type { EngineJobs } from './bedrock-jobs.ts';
import { MOST_RUNS, runName, runOf } from './runs.ts';
import type { RunInput, Workflow } from './workflow.ts';

export interface DispatcherOptions {
  readonly store: Pick<BatchStore, 'getBatch' | 'openBatches' | 'changeBatch'>;
  readonly ledger: Pick<Ledger, 'renew'>;
  readonly workflow: Workflow;
  /** Undefined where Bedrock runs no batches. */
  readonly jobs: EngineJobs | undefined;
  readonly clock: Clock;
  /** @param where The batch. */
  readonly logError: (error: unknown, where: string) => void;
}

/** Batches one sweep looks at, those with the earliest deadline first. */
const LOOKED_AT = 300;
/** A batch that has changed lately is somebody's: what it waits for is on its way. */
const QUIET_MS = 10 * 60_000;

/**
 * Starts and stops runs. The table of batches is the truth: a message says where to look, may come twice, late or not at all, and nothing is done
 * that the batch does not ask for.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  async start(about: RunInput, signal: AbortSignal): Promise<void> {
    const batch = await this.#options.store.getBatch(about.tenant, about.batchId);
    if (batch !== undefined) await this.#start(batch, signal);
  }

  /** What runs is stopped, and a run of its own ends the batch with what it has. */
  async cancel({ tenant, batchId }: RunInput, signal: AbortSignal): Promise<void> {
    const batch = await this.#options.store.getBatch(tenant, batchId);
    if (batch?.status === 'cancelling') await this.#cancel(batch, signal);
  }

  async #cancel(batch: BatchRecord, signal: AbortSignal): Promise<void> {
    const turn = await this.#underWay(batch, signal);
    if (turn === undefined) return this.#end(batch, 0, signal);
    // Only the first works through a batch; any other is ending it.
    if (turn === 0) await this.#options.workflow.stop(runName(batch.id, 0), 'The batch was cancelled.', signal);
  }

  /** A run has ended without a last word of its own: it is not run again, and what it has is kept. */
  async ended(name: string, signal: AbortSignal): Promise<void> {
    const { store, workflow } = this.#options;
    const run = runOf(name);
    const input = (await workflow.describe(name, signal))?.input as Partial<RunInput> | undefined;
    if (run === undefined || typeof input?.tenant !== 'string') return;
    const batch = await store.getBatch(input.tenant, run.batchId);
    if (batch !== undefined) await this.#end(batch, run.turn + 1, signal);
  }

  /** Finds batches whose message was lost, whose run is gone, or that cannot wait for their window any longer; and keeps their money reserved. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { store, ledger, clock, logError } = this.#options;
    const open = await store.openBatches(LOOKED_AT);
    const reserved = open.filter(({ reservation }) => reservation !== undefined);
    if (reserved.length > 0) await ledger.renew(reserved.map(reservationOf), RESERVED_MS);
    const now = clock.now();
    for (const batch of open) {
      signal.throwIfAborted();
      if (now - Math.max(batch.createdAt, ...Object.values(batch.entered)) < QUIET_MS) continue;
      try {
        if (batch.status === 'cancelling') await this.#cancel(batch, signal);
        else if (batch.status !== 'validating') await this.#watch(batch, signal);
        else if (now >= latestStart(batch)) await this.#start(batch, signal);
      } catch (error) {
        logError(error, batch.id);
      }
    }
  }

  async #start(batch: BatchRecord, signal: AbortSignal): Promise<void> {
    const { workflow } = this.#options;
    if (ENDED.has(batch.status)) return;
    const started = await workflow.start(runName(batch.id, 0), inputOf(batch), signal);
    if (!started) await this.#watch(batch, signal);
  }

  /** Ends a batch that nobody works on any more. */
  async #watch(batch: BatchRecord, signal: AbortSignal): Promise<void> {
    if ((await this.#underWay(batch, signal)) === undefined) await this.#end(batch, 0, signal);
  }

  async #underWay({ id }: BatchRecord, signal: AbortSignal): Promise<number | undefined> {
    for (let turn = 0; turn < MOST_RUNS; turn++)
      if ((await this.#options.workflow.describe(runName(id, turn), signal))?.running) return turn;
    return undefined;
  }

  /** @param from The first run that may be free. */
  async #end(batch: BatchRecord, from: number, signal: AbortSignal): Promise<void> {
    const { store, workflow, jobs, clock } = this.#options;
    if (ENDED.has(batch.status)) return;
    await jobs?.stop(batch.id, signal);
    // From here on the workflow runs nothing of it, and goes on to the end at once.
    const ending =
      batch.status === 'validating' || batch.status === 'in_progress'
        ? await store.changeBatch(batch, enter(batch, 'finalizing', clock.now()))
        : batch;
    for (let turn = from; turn < MOST_RUNS; turn++)
      if (await workflow.start(runName(batch.id, turn), inputOf(ending), signal)) return;
    throw new PlatformError(
      'internal',
      `Batch ${batch.id} could not be ended in ${MOST_RUNS} runs. Look at the last one.`,
    );
  }
}

/** A batch waits for a window for half of its time, and is started then whatever the hour: no engine says how long it will take. */
function latestStart({ createdAt, expiresAt, startAfter = createdAt }: BatchRecord): number {
  return Math.max(startAfter, createdAt + (expiresAt - createdAt) / 2);
}

const inputOf = ({ tenant, id }: BatchRecord): RunInput => ({ tenant, batchId: id });
