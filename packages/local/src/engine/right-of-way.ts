/** Lets what can wait stand still while something urgent runs. */
export class RightOfWay {
  #urgent = 0;
  #clear = Promise.resolve();
  #open: () => void = () => undefined;

  /** Something urgent begins. @returns To be called once, at its end. */
  enter(): () => void {
    if (this.#urgent++ === 0) this.#clear = new Promise((resolve) => (this.#open = resolve));
    return () => {
      if (--this.#urgent === 0) this.#open();
    };
  }

  get isClear(): boolean {
    return this.#urgent === 0;
  }

  /** Resolves when nothing urgent runs; rejects with the signal's reason when it fires. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.isClear) return;
    signal.throwIfAborted();
    let leave: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      // Another may have begun in the same turn.
      while (!this.isClear) await Promise.race([this.#clear, aborted]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
