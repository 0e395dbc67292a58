import { PlatformError } from '@plinth/contracts';

export interface SlotPoolOptions {
  /** Most requests waiting for a slot; one more is refused. */
  maxWaiting: number;
  /** Longest wait for a slot, milliseconds. */
  maxWaitMs: number;
}

interface Waiter<T> {
  grant: (slot: T) => void;
}

/** A few slots and one bounded line in front of them, first come first served. */
export class SlotPool<T> {
  readonly #free: T[];
  readonly #size: number;
  readonly #line: Waiter<T>[] = [];
  readonly #options: SlotPoolOptions;

  constructor(slots: readonly T[], options: SlotPoolOptions) {
    this.#free = [...slots];
    this.#size = slots.length;
    this.#options = options;
  }

  get taken(): number {
    return this.#size - this.#free.length;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** A slot now or in turn. Throws `overloaded` when the line is full or the wait too long, and the signal's reason when it fires. */
  acquire(signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const slot = this.#free.shift();
    if (slot !== undefined) return Promise.resolve(slot);
    if (this.#line.length >= this.#options.maxWaiting) return Promise.reject(this.#full());
    return this.#wait(signal);
  }

  release(slot: T): void {
    const next = this.#line.shift();
    if (next) next.grant(slot);
    else this.#free.push(slot);
  }

  #wait(signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const leave = (reason: unknown) => {
        settle();
        this.#line.splice(this.#line.indexOf(waiter), 1);
        reject(reason as Error);
      };
      const waiter: Waiter<T> = {
        grant: (slot) => {
          settle();
          resolve(slot);
        },
      };
      const onAbort = () => leave(signal.reason);
      const timer = setTimeout(() => leave(this.#tooLong()), this.#options.maxWaitMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#line.push(waiter);
    });
  }

  #full(): PlatformError {
    return new PlatformError(
      'overloaded',
      `The model serves ${this.#size} requests at once and ${this.#options.maxWaiting} are waiting already. Retry shortly.`,
      { retryAfterSeconds: 1 },
    );
  }

  #tooLong(): PlatformError {
    return new PlatformError(
      'overloaded',
      `No place became free within ${this.#options.maxWaitMs / 1000} s. Retry shortly.`,
      { retryAfterSeconds: 5 },
    );
  }
}
