import { PlatformError } from '@plinth/contracts';
import { clientClosed } from './client-closed.ts';

/** Bounds on the service's silence, in milliseconds. */
export interface SilenceLimits {
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * The one signal given to the SDK for one call: it fires when the caller aborts, when the consumer leaves, and when the service is silent
 * for too long. Time the consumer takes between events does not count.
 */
export class CallLife {
  readonly #service: string;
  readonly #limits: SilenceLimits;
  readonly #caller: AbortSignal;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;
  #began = false;
  #complete = false;
  #reject: ((reason: unknown) => void) | undefined;

  /** `service` is what people call it. */
  constructor(service: string, limits: SilenceLimits, caller: AbortSignal) {
    this.#service = service;
    this.#limits = limits;
    this.#caller = caller;
    if (caller.aborted) this.#onCallerAbort();
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the service, within the limits; rejects with a PlatformError when it was the signal that ended the wait. */
  async wait<T>(work: Promise<T>): Promise<T> {
    this.#waiting = true;
    if (!this.#began) this.#timer = setTimeout(this.#onSilence, this.#limits.firstByteTimeoutMs);
    else if (this.#timer !== undefined) this.#timer.refresh();
    else this.#timer = setTimeout(this.#onSilence, this.#limits.idleTimeoutMs);
    try {
      return await this.#race(work);
    } finally {
      this.#waiting = false;
      if (!this.#began) {
        this.#began = true;
        clearTimeout(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  /** The answer is complete: its connection is free for the next call and must not be destroyed. */
  complete(): void {
    this.#complete = true;
  }

  /** Ends the call if it still runs: the SDK's own iterators leave the socket open when they are left. */
  close(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
    if (!this.#complete) this.#end(new PlatformError('client_closed', 'The reader left.'));
  }

  /** The SDK may take its time to notice a signal, so the wait does not depend on it. */
  #race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  #end(reason: PlatformError): void {
    this.#reject?.(reason);
    this.#controller.abort(reason);
  }

  readonly #onCallerAbort = (): void => {
    this.#end(clientClosed(this.#caller));
  };

  readonly #onSilence = (): void => {
    if (!this.#waiting) return;
    const seconds = (this.#began ? this.#limits.idleTimeoutMs : this.#limits.firstByteTimeoutMs) / 1_000;
    this.#end(new PlatformError('upstream_timeout', `${this.#service} was silent for ${seconds} s. Retry shortly.`));
  };
}
