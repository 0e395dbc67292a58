import { PlatformError } from '@plinth/contracts';
import type { BatchRecord, Lease, OpenShard } from '@plinth/stores/batches';
import { systemTimers, type Timers } from '../ports/timers.ts';
import { EngineShare } from './engine-share.ts';
import { mayRun } from './may-run.ts';
import { Setbacks } from './setbacks.ts';
import { ShardRun } from './shard-run.ts';
import { ShardWatch } from './shard-watch.ts';
import { Schedule } from './windows.ts';
import type { BatchOutcome, BatchWorkerOptions } from './worker-options.ts';

/** Batches and shards looked at in one round. */
const LOOKED_AT = 1_000;

interface Running {
  readonly batch: BatchRecord;
  readonly share: EngineShare;
  readonly run: ShardRun;
}

/**
 * Looks for batches, those with the earliest deadline first, and takes them from one state to the next: cuts them, works through their shards, and ends them when
 * nothing is left, they are cancelled, or their time is up. Any number of workers share the work; each record's result is written once.
 */
export class BatchWorker {
  readonly #options: BatchWorkerOptions;
  readonly #timers: Timers;
  readonly #leaseMs: number;
  readonly #schedule: Schedule | undefined;
  readonly #watch: ShardWatch;
  readonly #setbacks = new Setbacks();
  readonly #shares = new Map<string, EngineShare>();
  readonly #running = new Map<string, Running>();
  /** Batches that are being prepared or concluded. */
  readonly #steps = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #hurry = new AbortController();
  readonly #ended = new AbortController();
  #wakeUp = new AbortController();
  #idle: (() => void)[] = [];
  #looking: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: BatchWorkerOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#schedule = options.windows && new Schedule(options.windows);
    this.#watch = new ShardWatch(options.name, this.#leaseMs);
  }

  start(): void {
    const { interruption } = this.#options;
    this.#looking = this.#look();
    void this.#beat();
    if (interruption?.aborted) void this.stop();
    else interruption?.addEventListener('abort', () => void this.stop(), { once: true });
  }

  /** There may be something to do. */
  wake(): void {
    this.#wakeUp.abort();
  }

  /** Resolves once it has looked around, has nothing in hand and found nothing that it could do now. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Takes nothing more, lets calls end for `drainMs`, commits, and gives its shards back. */
  stop({ drainMs = this.#options.drainMs ?? 25_000 }: { readonly drainMs?: number } = {}): Promise<void> {
    return (this.#stopped ??= this.#stop(drainMs));
  }

  async #stop(drainMs: number): Promise<void> {
    this.#stopping.abort();
    this.wake();
    for (const { run } of this.#running.values()) run.drain();
    const drained = new AbortController();
    const hurry = this.#timers.wait(drainMs, drained.signal).then(() => {
      this.#hurry.abort(new PlatformError('client_closed', 'The worker was stopped.'));
      for (const { run } of this.#running.values()) run.abort();
    });
    await this.#looking;
    await Promise.all([...[...this.#running.values()].map(({ run }) => run.done), ...this.#steps.values()]);
    drained.abort();
    await hurry;
    this.#ended.abort();
  }

  async #look(): Promise<void> {
    const { pollMs = 2_000, store } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const wakeUp = (this.#wakeUp = new AbortController());
      try {
        const batches = await store.openBatches(LOOKED_AT);
        this.#forget(batches);
        for (const batch of batches) if (!signal.aborted) await this.#attend(batch);
        if (!wakeUp.signal.aborted && this.#running.size === 0 && this.#steps.size === 0)
          for (const idle of this.#idle.splice(0)) idle();
      } catch (error) {
        this.#failed(error);
      }
      await this.#timers.wait(pollMs, wakeUp.signal);
    }
  }

  /** A batch that somebody else has ended is no longer among the open ones. */
  #forget(batches: readonly BatchRecord[]): void {
    if (batches.length === LOOKED_AT) return;
    const ids = new Set(batches.map(({ id }) => id));
    this.#watch.keep(ids);
    for (const { batch, run } of this.#running.values()) if (!ids.has(batch.id)) run.cancel();
  }

  async #attend(batch: BatchRecord): Promise<void> {
    if (this.#steps.has(batch.id) || !this.#setbacks.ready(batch.id, this.#timers.now())) return;
    try {
      const { status, expiresAt } = batch;
      if (status === 'cancelling' || expiresAt <= this.#options.clock.now()) await this.#windUp(batch);
      else if (status === 'validating') this.#prepare(batch);
      else if (status === 'in_progress') await this.#work(batch);
      else this.#conclude(batch);
    } catch (error) {
      this.#setbacks.failed(batch.id, this.#timers.now());
      this.#failed(error, batch.id);
    }
  }

  async #work(batch: BatchRecord): Promise<void> {
    const { store, engineFor } = this.#options;
    const engine = engineFor(batch);
    const share = this.#shareOf(batch);
    const open = engine !== undefined && (await mayRun(batch, { ...this.#options, schedule: this.#schedule, share }));
    if (!open) for (const { run } of this.#runsOf(batch)) run.drain();
    const hungry = () => open && this.#isHungry(batch, share);
    // One of them is enough to know that the batch has not come to its end.
    const shards = await store.openShards(batch.id, hungry() ? LOOKED_AT : 1);
    if (shards.length === 0) return this.#conclude(batch);
    if (!hungry()) return;
    for (const shard of this.#free(batch, shards)) {
      const lease = await store.take(shard, this.#options.name);
      if (lease !== undefined) this.#start(batch, lease, share);
      if (!hungry() || this.#stopping.signal.aborted) return;
    }
  }

  /** Whether the engine would do less than it could on what is as urgent as this batch. */
  #isHungry(batch: BatchRecord, share: EngineShare): boolean {
    const { shardsAtOnce = 8 } = this.#options;
    const runs = [...this.#running.values()].filter((running) => running.share === share);
    if (runs.length >= shardsAtOnce) return false;
    return !runs.some(({ run, batch: other }) => run.busy && other.expiresAt <= batch.expiresAt);
  }

  #free(batch: BatchRecord, shards: readonly OpenShard[]): readonly OpenShard[] {
    const now = this.#timers.now();
    return this.#watch
      .free(batch.id, shards, now)
      .filter((shard) => !this.#running.has(nameOf(shard)) && this.#setbacks.ready(nameOf(shard), now));
  }

  #start(batch: BatchRecord, lease: Lease, share: EngineShare): void {
    const { engineFor, retry = {}, recordTimeoutMs = 600_000, random = Math.random, onCommit } = this.#options;
    const name = nameOf(lease);
    const run = new ShardRun(lease, {
      ...this.#options,
      engine: engineFor(batch)!,
      pace: share.pace,
      outage: share.outage,
      // Those of one batch in the order of its file.
      order: batch.expiresAt * 1_000 + Math.min(lease.number, 999),
      retry,
      recordTimeoutMs,
      leaseMs: this.#leaseMs,
      timers: this.#timers,
      random,
      onCommit: (results) => {
        share.committed(results.length, this.#timers.now());
        onCommit?.(batch, results);
      },
      onLow: () => this.wake(),
    });
    this.#running.set(name, { batch, share, run });
    if (this.#stopping.signal.aborted) run.drain();
    void run.done.then(({ kind, error }) => {
      this.#running.delete(name);
      if (kind === 'failed') {
        this.#setbacks.failed(name, this.#timers.now());
        this.#failed(error, batch.id, lease.number);
      } else this.#setbacks.passed(name);
      this.wake();
    });
  }

  /** Nothing more is begun. Whoever works on a shard is fenced off it before the files are written, so that they hold all that is committed. */
  async #windUp(batch: BatchRecord): Promise<void> {
    const { store, name, engineFor, conclude } = this.#options;
    // It runs elsewhere, and who ends it is there too.
    if (conclude === undefined && engineFor(batch) === undefined) return;
    for (const { run } of this.#runsOf(batch)) run.cancel();
    const shards = await store.openShards(batch.id, LOOKED_AT);
    if (shards.length === 0) return this.#conclude(batch);
    for (const shard of this.#free(batch, shards)) {
      const lease = await store.take(shard, name);
      if (lease === undefined) continue;
      await store.finish(lease);
      this.wake();
    }
  }

  #prepare(batch: BatchRecord): void {
    const { prepare } = this.#options;
    if (prepare !== undefined) this.#step(batch, (signal) => prepare(batch, { signal }));
  }

  #conclude(batch: BatchRecord): void {
    const { conclude } = this.#options;
    if (conclude === undefined || this.#runsOf(batch).length > 0) return;
    this.#step(batch, async (signal) => conclude(batch, { outcome: await this.#outcomeOf(batch), signal }));
  }

  async #outcomeOf(batch: BatchRecord): Promise<BatchOutcome> {
    if (batch.status === 'cancelling') return 'cancelled';
    const { completed, failed } = await this.#options.store.progress(batch.id);
    return batch.total > 0 && completed + failed >= batch.total ? 'completed' : 'expired';
  }

  /** Aside, so that shards go on meanwhile. */
  #step(batch: BatchRecord, work: (signal: AbortSignal) => Promise<void>): void {
    const step = work(this.#hurry.signal)
      .then(
        () => this.#setbacks.passed(batch.id),
        (error: unknown) => {
          this.#setbacks.failed(batch.id, this.#timers.now());
          this.#failed(error, batch.id);
        },
      )
      .finally(() => {
        this.#steps.delete(batch.id);
        this.wake();
      });
    this.#steps.set(batch.id, step);
  }

  /** Until the last run has ended, also while it stops. */
  async #beat(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#timers.wait(this.#leaseMs / 4, signal);
      await Promise.all([...this.#running.values()].map(({ run }) => run.beat()));
    }
  }

  #shareOf({ engine = '' }: BatchRecord): EngineShare {
    const { pace } = this.#options;
    const share = this.#shares.get(engine) ?? new EngineShare(pace, this.#timers);
    this.#shares.set(engine, share);
    return share;
  }

  #runsOf(batch: BatchRecord): readonly Running[] {
    return [...this.#running.values()].filter((running) => running.batch.id === batch.id);
  }

  #failed(thrown: unknown, batchId?: string, shard?: number): void {
    this.#options.onFailure?.({ error: PlatformError.from(thrown), batchId, shard });
  }
}

function nameOf({ batchId, number }: Pick<Lease, 'batchId' | 'number'>): string {
  return `${batchId}/${number}`;
}
