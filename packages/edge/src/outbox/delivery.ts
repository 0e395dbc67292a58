import {
  backoff,
  Pace,
  systemTimers,
  type PaceBounds,
  type RetryRules,
  type Slot,
  type Timers,
} from '@plinth/batching';
import { PlatformError } from '@plinth/contracts';
import { NOTHING } from '@plinth/gateway';
import type { Amount } from '@plinth/stores';
import type { Outbox } from '@plinth/stores/site';
import type { Deliver, Delivered } from './deliver.ts';
import type { LinkState } from './link-state.ts';

export interface DeliveryOptions {
  readonly outbox: Pick<Outbox, 'waiting' | 'work' | 'end'>;
  readonly deliver: Deliver;
  readonly link: LinkState;
  /** Calls at once. @default 1 to 16 */
  readonly pace?: PaceBounds;
  readonly retry?: RetryRules;
  /** What went wrong, for the log; it is tried again. */
  readonly onError: (error: PlatformError, id: string | undefined) => void;
  readonly timers?: Timers;
  readonly random?: () => number;
}

interface Call {
  readonly controller: AbortController;
  done: Promise<void>;
  used: Amount;
}

const PAGE = 100;
/** How long nothing is looked for when nobody says that something came, milliseconds. */
const IDLE_MS = 30_000;
const RETRY: RetryRules = { firstWaitMs: 500, longestWaitMs: 30_000 };
const STOPPED = new PlatformError('client_closed', 'The site is stopping.');
const TAKEN_BACK = new PlatformError('client_closed', 'The request was cancelled.');

/**
 * Carries out what the outbox keeps, oldest first, while there is a link. An item's place among the calls under way is given back when its answer is on
 * disk, so that a kill repeats at most those calls. Failures slow everybody down: behind a broken link one item at a time is tried.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #timers: Timers;
  readonly #pace: Pace;
  readonly #calls = new Map<string, Call>();
  /** Items that failed or are being taken back, by when they may be tried; and how often they failed. */
  readonly #resting = new Map<string, { readonly until: number; readonly failures: number }>();
  readonly #over = new AbortController();
  #came = new AbortController();
  #page: { readonly number: number; readonly id: string }[] = [];
  #after = 0;
  #failures = 0;
  #notBefore = 0;
  #running: Promise<void> | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#pace = new Pace({ min: 1, max: 16, start: 4, ...options.pace });
  }

  start(): void {
    this.#running ??= this.#run(this.#over.signal);
  }

  /** Takes nothing new; what is under way has `graceMs` to end, and is begun again by the next start after that. */
  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#over.abort();
    await this.#running;
    const ended = Promise.all([...this.#calls.values()].map(({ done }) => done));
    const enough = new AbortController();
    await Promise.race([ended, this.#timers.wait(graceMs, enough.signal)]);
    enough.abort();
    for (const { controller } of this.#calls.values()) controller.abort(STOPPED);
    await ended;
  }

  /** Something came. */
  wake(): void {
    this.#came.abort();
    this.#came = new AbortController();
  }

  isUnderWay(id: string): boolean {
    return this.#calls.has(id);
  }

  async letGo(id: string): Promise<{ readonly used: Amount; done(): void }> {
    this.#resting.set(id, { until: Number.POSITIVE_INFINITY, failures: 0 });
    const call = this.#calls.get(id);
    call?.controller.abort(TAKEN_BACK);
    await call?.done;
    const done = () => {
      // If it was not taken back after all, it is tried again; if it was, there is no work.
      this.#resting.set(id, { until: this.#timers.now(), failures: 0 });
      this.wake();
    };
    return { used: call?.used ?? NOTHING, done };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.link.whenUp(signal);
      await this.#timers.wait(Math.max(0, this.#notBefore - this.#timers.now()), signal);
      const slot = await this.#pace.take(0, signal);
      if (slot === undefined) return;
      const id = await this.#next(signal).catch((thrown: unknown) => this.#failed(thrown, undefined));
      if (id === undefined) slot.end();
      else this.#begin(id, slot);
    }
  }

  /** The next item to try; waits for one to come. Undefined once `signal` is aborted. */
  async #next(signal: AbortSignal): Promise<string | undefined> {
    while (!signal.aborted) {
      const now = this.#timers.now();
      for (const [id, { until }] of this.#resting) if (until <= now && !this.#calls.has(id)) return id;
      const { signal: came } = this.#came;
      if (this.#page.length === 0) this.#page = [...(await this.#options.outbox.waiting(this.#after, PAGE))];
      const first = this.#page.shift();
      if (first === undefined) {
        const soonest = Math.min(now + IDLE_MS, ...[...this.#resting.values()].map(({ until }) => until));
        await this.#timers.wait(soonest - now, AbortSignal.any([signal, came]));
        continue;
      }
      this.#after = first.number;
      if (!this.#calls.has(first.id) && !this.#resting.has(first.id)) return first.id;
    }
    return undefined;
  }

  #begin(id: string, slot: Slot): void {
    const call: Call = { controller: new AbortController(), done: Promise.resolve(), used: NOTHING };
    this.#calls.set(id, call);
    call.done = this.#carryOut(id, call, slot).finally(() => {
      this.#calls.delete(id);
      slot.end();
    });
  }

  async #carryOut(id: string, call: Call, slot: Slot): Promise<void> {
    const { signal } = call.controller;
    try {
      const work = await this.#options.outbox.work(id);
      const delivered = work && (await this.#options.deliver(work, { signal, onUsed: (used) => (call.used = used) }));
      if (delivered !== undefined) {
        slot.succeeded();
        await this.#keep(id, delivered, signal);
      }
      this.#failures = this.#notBefore = 0;
      this.#resting.delete(id);
    } catch (thrown) {
      // Whoever stopped it knows.
      if (signal.aborted) return;
      slot.tooFast();
      this.#failed(thrown, id);
      const failures = (this.#resting.get(id)?.failures ?? 0) + 1;
      this.#resting.set(id, { until: this.#timers.now() + this.#wait(failures, thrown), failures });
      // Whoever looks for the next item did not know of this one's rest.
      this.wake();
    }
  }

  /** An answer that was paid for is not dropped because the disk is full for a while. */
  async #keep(id: string, { end, audit }: Delivered, signal: AbortSignal): Promise<void> {
    for (let failures = 1; ; failures++)
      try {
        await this.#options.outbox.end(id, end, audit);
        return;
      } catch (thrown) {
        const error = PlatformError.from(thrown);
        if (!error.retryable || signal.aborted || this.#over.signal.aborted) throw error;
        this.#options.onError(error, id);
        await this.#timers.wait(this.#wait(failures, error), AbortSignal.any([signal, this.#over.signal]));
      }
  }

  #failed(thrown: unknown, id: string | undefined): undefined {
    this.#options.onError(PlatformError.from(thrown), id);
    this.#failures += 1;
    this.#notBefore = this.#timers.now() + this.#wait(this.#failures, thrown);
  }

  #wait(failures: number, thrown: unknown): number {
    const { retry, random = Math.random } = this.#options;
    return backoff(failures, PlatformError.from(thrown), { ...RETRY, ...retry }, random);
  }
}
