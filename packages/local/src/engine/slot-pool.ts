import { PlatformError } from '@plinth/contracts';

export interface SlotPoolOptions {
  /** Most requests waiting for a slot, of those at least as urgent; one more is refused. */
  maxWaiting: number;
  /** Longest wait for a slot, milliseconds. */
  maxWaitMs: number;
}

export interface Claim {
  /** Larger waits longer. Above 0 it can wait: it leaves a slot free, and gives its own back when an urgent one finds none. @default 0 */
  priority?: number;
  /** Somebody urgent waits for the slot; called once at most, and only of what can wait. */
  onWanted?: () => void;
}

interface Waiter<T> {
  claim: Claim;
  grant: (slot: T) => void;
}

const canWait = ({ priority = 0 }: Claim) => priority > 0;

/** A few slots and one bounded line in front of them: by priority, and first come first served. */
export class SlotPool<T> {
  readonly #free: T[];
  readonly #size: number;
  readonly #line: Waiter<T>[] = [];
  /** Slots held by what can wait, those taken last at the end. */
  readonly #patient = new Map<T, Claim>();
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
  acquire(signal: AbortSignal, claim: Claim = {}): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.#mayTake(claim)) return Promise.resolve(this.#take(this.#free.shift()!, claim));
    if (this.#ahead(claim) >= this.#options.maxWaiting) return Promise.reject(this.#full());
    if (!canWait(claim)) this.#want();
    return this.#wait(signal, claim);
  }

  release(slot: T): void {
    this.#patient.delete(slot);
    this.#free.push(slot);
    for (let next = this.#line[0]; next !== undefined && this.#mayTake(next.claim); next = this.#line[0]) {
      this.#line.shift();
      next.grant(this.#take(this.#free.shift()!, next.claim));
    }
  }

  /** One slot of several is always left to those that cannot wait. */
  #mayTake(claim: Claim): boolean {
    if (this.#free.length === 0) return false;
    return !canWait(claim) || this.#size === 1 || this.#patient.size < this.#size - 1;
  }

  #take(slot: T, claim: Claim): T {
    if (canWait(claim)) this.#patient.set(slot, claim);
    return slot;
  }

  /** How many in the line are served before it would be. */
  #ahead({ priority = 0 }: Claim): number {
    const after = this.#line.findIndex(({ claim }) => (claim.priority ?? 0) > priority);
    return after === -1 ? this.#line.length : after;
  }

  /** Asks for the slot that was taken last by what can wait. */
  #want(): void {
    const asked = [...this.#patient].reverse().find(([, { onWanted }]) => onWanted !== undefined);
    if (asked === undefined) return;
    const [slot, { priority, onWanted }] = asked;
    this.#patient.set(slot, { priority });
    onWanted!();
  }

  #wait(signal: AbortSignal, claim: Claim): Promise<T> {
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
        claim,
        grant: (slot) => {
          settle();
          resolve(slot);
        },
      };
      const onAbort = () => leave(signal.reason);
      const timer = setTimeout(() => leave(this.#tooLong()), this.#options.maxWaitMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#line.splice(this.#ahead(claim), 0, waiter);
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
