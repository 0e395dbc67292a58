import { systemTimers, type Timers } from '@plinth/batching';
import { systemClock, type Clock } from '@plinth/stores';
import type { LinkState } from '../outbox/link-state.ts';

export interface LinkMonitorOptions {
  /** Reaches the centre, cheaply. Rejects when it does not. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds without a sign after which a link that is up is tried. @default 10_000 */
  readonly quietMs?: number;
  /** Milliseconds between tries of a link that is down, or may be. @default 1_000 */
  readonly doubtMs?: number;
  /** Longest a probe may take, milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
  readonly onChange?: (online: boolean) => void;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

/** Signs of one kind in a row that turn a link's state, so that a single lost call does not. */
const TURNS = 2;

/** Whether the centre can be reached: by what calls to it come to, and by probes where there were none. Down until the first sign. */
export class LinkMonitor implements LinkState {
  readonly #options: LinkMonitorOptions;
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly #waiting = new Set<() => void>();
  #online = false;
  #since: number;
  #known = false;
  #against = 0;
  #signAt = Number.NEGATIVE_INFINITY;
  #doubtful = false;
  #woken = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: LinkMonitorOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#clock = options.clock ?? systemClock;
    this.#since = this.#clock.now();
  }

  get up(): boolean {
    return this.#online;
  }

  /** @returns Since when, in milliseconds since the epoch. */
  state(): { readonly online: boolean; readonly since: number } {
    return { online: this.#online, since: this.#since };
  }

  whenUp(signal: AbortSignal): Promise<void> {
    if (this.#online || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = () => {
        this.#waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#waiting.add(settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  /** The centre has answered, whatever it said; or it could not be reached. */
  saw(reached: boolean): void {
    this.#signAt = this.#timers.now();
    this.#doubtful = false;
    this.#against = reached === this.#online ? 0 : this.#against + 1;
    if (this.#known && this.#against < TURNS) return;
    this.#known = true;
    if (reached === this.#online) return;
    this.#against = 0;
    this.#online = reached;
    this.#since = this.#clock.now();
    this.#options.onChange?.(reached);
    if (reached) for (const settle of this.#waiting) settle();
  }

  /** A call failed for whatever reason, such as a link that is down: it is tried soon. */
  doubt(): void {
    this.#doubtful = true;
    this.#woken.abort();
    this.#woken = new AbortController();
  }

  start(): void {
    this.#running ??= this.#run(this.#over.signal);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { quietMs = 10_000, doubtMs = 1_000 } = this.#options;
    while (!signal.aborted) {
      const woken = this.#woken.signal;
      const well = this.#online && this.#against === 0 && !this.#doubtful;
      const every = well ? quietMs : doubtMs;
      const wait = this.#signAt + every - this.#timers.now();
      if (wait <= 0) await this.#probe(signal);
      else await this.#timers.wait(wait, AbortSignal.any([signal, woken]));
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(this.#options.timeoutMs ?? 5_000);
    const reached = await this.#options.probe(AbortSignal.any([signal, late])).then(
      () => true,
      () => false,
    );
    if (!signal.aborted) this.saw(reached);
  }
}
