import { PlatformError } from '@plinth/contracts';
import type { BatchRecordCall, RecordEngine, RecordOutcome } from '../ports/record-engine.ts';

/** One call under way. It ends when it is told to, whether its engine listens or not. */
export class Call {
  readonly #controller = new AbortController();
  readonly #startedAt: number;
  readonly outcome: Promise<RecordOutcome>;

  constructor(engine: RecordEngine, call: BatchRecordCall, now: number) {
    this.#startedAt = now;
    const { signal } = this.#controller;
    this.outcome = new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      engine.run(call, { signal }).then(resolve, reject);
    });
  }

  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  abort(reason: PlatformError): void {
    this.#controller.abort(reason);
  }

  /** Ends it when it takes longer than it may. */
  checkTime(now: number, longestMs: number): void {
    if (now - this.#startedAt < longestMs) return;
    const seconds = Math.round(longestMs / 1_000);
    this.abort(new PlatformError('upstream_timeout', `The record had no answer within ${seconds} seconds.`));
  }
}
