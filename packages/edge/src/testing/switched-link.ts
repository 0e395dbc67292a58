import type { LinkState } from '../outbox/link-state.ts';

/** A link that is up or down as a test says. */
export class SwitchedLink implements LinkState {
  #up: boolean;
  #waiting: (() => void)[] = [];

  constructor(up: boolean) {
    this.#up = up;
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    this.#up = up;
    if (!up) return;
    for (const go of this.#waiting.splice(0)) go();
  }

  whenUp(signal: AbortSignal): Promise<void> {
    if (this.#up || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
