import { PlatformError } from '@plinth/contracts';
import type { RightOfWay } from './right-of-way.ts';

export interface TurnOptions {
  readonly signal: AbortSignal;
  /** Longest it may run, milliseconds. Time in which it let others go first does not count. */
  readonly maxRunMs: number;
  /** Of what can wait; absent of what cannot. */
  readonly rightOfWay?: RightOfWay;
}

/** One generation's leave to go on, asked for before every step of it. */
export class Turn {
  readonly #options: TurnOptions;
  readonly #startedAt = performance.now();
  #stoodMs = 0;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** A promise only where it has to stand still. Throws the signal's reason when it fires, and `upstream_timeout`. */
  next(): Promise<void> | undefined {
    const { signal, rightOfWay } = this.#options;
    signal.throwIfAborted();
    this.#checkTime();
    return rightOfWay === undefined || rightOfWay.isClear ? undefined : this.#stand(rightOfWay);
  }

  async #stand(rightOfWay: RightOfWay): Promise<void> {
    const from = performance.now();
    await rightOfWay.wait(this.#options.signal);
    this.#stoodMs += performance.now() - from;
  }

  #checkTime(): void {
    const { maxRunMs } = this.#options;
    if (performance.now() - this.#startedAt - this.#stoodMs < maxRunMs) return;
    throw new PlatformError(
      'upstream_timeout',
      `The model ran longer than ${maxRunMs / 1_000} s. Ask for fewer tokens.`,
    );
  }
}
