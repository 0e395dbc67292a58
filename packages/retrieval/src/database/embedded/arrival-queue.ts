import { PlatformError } from '@plinth/contracts';

export interface QueueOptions {
  /** How many may wait, beyond the one whose turn it is. */
  readonly limit: number;
}

interface Waiting {
  readonly go: () => void;
}

/** One at a time, in order of arrival. */
export class ArrivalQueue {
  readonly #limit: number;
  readonly #waiting = new Set<Waiting>();
  #taken = false;

  constructor({ limit }: QueueOptions) {
    this.#limit = limit;
  }

  /** Resolves when it is the caller's turn; call what it resolves to when done. Throws `overloaded`, at once or after `timeoutMs`. */
  async enter(options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<() => void> {
    options.signal?.throwIfAborted();
    if (!this.#taken) {
      this.#taken = true;
      return this.#leaveOnce();
    }
    if (this.#waiting.size >= this.#limit) throw overloaded();
    await new Promise<void>((resolve, reject) => {
      const { signal } = options;
      const stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiting);
      };
      const giveUp = (reason: unknown) => {
        stop();
        reject(reason as Error);
      };
      const onAbort = () => giveUp(signal?.reason);
      const timer = setTimeout(() => giveUp(overloaded()), options.timeoutMs);
      const waiting: Waiting = {
        go: () => {
          stop();
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort);
      this.#waiting.add(waiting);
    });
    return this.#leaveOnce();
  }

  #leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = this.#waiting;
      if (next) next.go();
      else this.#taken = false;
    };
  }
}

function overloaded(): PlatformError {
  return new PlatformError('overloaded', 'Too many wait for the database. Retry shortly.', { retryAfterSeconds: 1 });
}
