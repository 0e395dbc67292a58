import { PlatformError } from '@plinth/contracts';
import type { DocumentIndex, IngestJob } from '@plinth/retrieval';
import { HeldJob } from './held-job.ts';
import type { Ingest } from './ingester.ts';
import { judge } from './retry.ts';
import { systemTimers, type Timers } from './timers.ts';

/** How a job ended here. `given-back` and `retrying` are worked on again, `lost` is another worker's now. */
export type Outcome = 'done' | 'lost' | 'given-back' | 'retrying' | 'dead';

export interface WorkerOptions {
  readonly index: Pick<DocumentIndex, 'lease' | 'progress' | 'fail'>;
  readonly ingest: Ingest;
  /** Tells workers apart in the table of jobs. */
  readonly name: string;
  /** Jobs at once: while one is embedded, others are parsed and written. @default 3 */
  readonly concurrency?: number;
  /** A worker that is not heard of for this long has lost its jobs, milliseconds. @default 60,000 */
  readonly leaseMs?: number;
  /** How often jobs are looked for when nobody says that there are any, milliseconds. @default 2,000 */
  readonly pollMs?: number;
  /** Attempts at a document whose failures may pass. @default 8 */
  readonly attempts?: number;
  readonly timers?: Timers;
  readonly random?: () => number;
  readonly onOutcome?: (job: IngestJob, outcome: Outcome, error?: PlatformError) => void;
  /** Of the worker itself: the table of jobs is out of reach. It goes on. */
  readonly onError?: (error: unknown) => void;
}

/** How often progress is told, milliseconds. */
const TELL_MS = 500;
const STOPPED = 'The worker stopped. The document is worked on again shortly.';

/**
 * Leases jobs and runs a few at once; renews their leases while they run. What it holds when its process dies is leased again by whoever comes
 * after the lease has run out; work under a lease that was lost is refused by the index, so nothing is indexed twice.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #timers: Timers;
  readonly #stopping = new AbortController();
  readonly #held = new Set<HeldJob>();
  readonly #waiting: HeldJob[] = [];
  #running = 0;
  readonly #emptied = new AbortController();
  #wakeUp = new AbortController();
  #whenIdle: (() => void)[] = [];
  #whenEmpty: (() => void)[] = [];
  #loops: readonly Promise<void>[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 3;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#timers = options.timers ?? systemTimers;
  }

  start(): void {
    this.#loops = [this.#lease(), this.#renew()];
  }

  /** There may be something to do. */
  wake(): void {
    this.#wakeUp.abort();
  }

  /** Resolves once it has looked for jobs and found none, with none in hand. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Takes no more jobs, lets running ones end for `graceMs`, gives the others back. */
  async stop({ graceMs = 10_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping.abort();
    this.#wakeUp.abort();
    const [leasing, renewing] = this.#loops;
    await leasing;
    const waiting = this.#waiting.splice(0);
    await Promise.all(waiting.map((held) => this.#giveBack(held)));
    const grace = new AbortController();
    const timer = this.#timers.wait(graceMs, grace.signal).then(() => {
      for (const held of this.#held) held.controller.abort(new Error(STOPPED));
    });
    await new Promise<void>((resolve) => (this.#held.size === 0 ? resolve() : this.#whenEmpty.push(resolve)));
    grace.abort();
    this.#emptied.abort();
    await Promise.all([timer, renewing]);
  }

  async #lease(): Promise<void> {
    const { name: worker, pollMs = 2_000, onError } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const wakeUp = (this.#wakeUp = new AbortController());
      let found = 0;
      if (this.#waiting.length === 0) {
        try {
          const asked = this.#timers.now();
          const limit = 2 * this.#concurrency - this.#running;
          const jobs = await this.#options.index.lease({ worker, leaseMs: this.#leaseMs, limit });
          found = jobs.length;
          for (const job of jobs) this.#take(new HeldJob(job, asked + this.#leaseMs));
        } catch (error) {
          onError?.(error);
        }
        if (found === 0 && this.#held.size === 0) for (const idle of this.#whenIdle.splice(0)) idle();
      }
      // A job that ends wakes it, so does whoever offers one; otherwise it looks again by itself.
      await this.#timers.wait(pollMs, wakeUp.signal);
    }
  }

  #take(held: HeldJob): void {
    this.#held.add(held);
    this.#waiting.push(held);
    this.#next();
  }

  #next(): void {
    while (this.#running < this.#concurrency && this.#waiting.length > 0) {
      const held = this.#waiting.shift()!;
      if (held.lost) this.#end(held, 'lost');
      else void this.#run(held);
    }
    if (this.#waiting.length === 0) this.wake();
  }

  async #run(held: HeldJob): Promise<void> {
    this.#running += 1;
    const { signal } = held.controller;
    let outcome: Outcome;
    let failure: PlatformError | undefined;
    try {
      const done = await this.#options.ingest(held.job, {
        signal,
        onProgress: (progress) => {
          held.progress = progress;
        },
      });
      outcome = done ? 'done' : 'lost';
    } catch (error) {
      failure = PlatformError.from(error);
      outcome = await this.#failed(held, error);
    }
    this.#running -= 1;
    this.#end(held, outcome, failure);
    if (!this.#stopping.signal.aborted) this.#next();
  }

  async #failed(held: HeldJob, error: unknown): Promise<Outcome> {
    if (held.lost) return 'lost';
    if (held.controller.signal.aborted) return this.#putBack(held, STOPPED, 0, 'given-back');
    const { attempts = 8, random = Math.random } = this.#options;
    const { reason, retryAfterMs } = judge(error, held.job.attempt, { attempts, random });
    return this.#putBack(held, reason, retryAfterMs, retryAfterMs === undefined ? 'dead' : 'retrying');
  }

  async #giveBack(held: HeldJob): Promise<void> {
    this.#end(held, held.lost ? 'lost' : await this.#putBack(held, STOPPED, 0, 'given-back'));
  }

  async #putBack(held: HeldJob, reason: string, retryAfterMs: number | undefined, outcome: Outcome): Promise<Outcome> {
    try {
      await this.#options.index.fail(held.job, reason, retryAfterMs === undefined ? {} : { retryAfterMs });
      return outcome;
    } catch (error) {
      // Then its lease runs out, and it is worked on again.
      this.#options.onError?.(error);
      return 'lost';
    }
  }

  #end(held: HeldJob, outcome: Outcome, error?: PlatformError): void {
    this.#held.delete(held);
    this.#options.onOutcome?.(held.job, outcome, error);
    if (this.#held.size === 0) for (const empty of this.#whenEmpty.splice(0)) empty();
  }

  /** Until the last job is out of hand, also while it stops. */
  async #renew(): Promise<void> {
    const { signal } = this.#emptied;
    const lease = { leaseMs: this.#leaseMs, renewMs: this.#leaseMs / 3 };
    while (!signal.aborted) {
      const now = this.#timers.now();
      const due = [...this.#held].filter((held) => !held.lost && held.due(now, lease));
      await Promise.all(due.map((held) => this.#tell(held)));
      await this.#timers.wait(TELL_MS, signal);
    }
  }

  async #tell(held: HeldJob): Promise<void> {
    const asked = this.#timers.now();
    try {
      const ours = await this.#options.index.progress(held.job, held.progress, { leaseMs: this.#leaseMs });
      if (ours) held.told(asked + this.#leaseMs);
      else if (this.#held.has(held)) held.lose();
    } catch (error) {
      this.#options.onError?.(error);
      if (this.#timers.now() >= held.leasedUntil) held.lose();
    }
  }
}
