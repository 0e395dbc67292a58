/**
 * Hands values from a producer that does not wait to a consumer that may be slow. A slow reader so costs memory bounded by one answer,
 * and never holds a model sequence. When the consumer leaves early, `abandoned` fires.
 */
export class EventChannel<T> implements AsyncIterable<T>, AsyncIterator<T, undefined> {
  readonly #buffer: T[] = [];
  readonly #abandoned = new AbortController();
  #ended = false;
  #error: { value: unknown } | undefined;
  #wake: (() => void) | undefined;

  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }

  push(value: T): void {
    this.#buffer.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What was pushed before is still read first. */
  fail(error: unknown): void {
    this.#error = { value: error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const value = this.#buffer.shift();
      if (value !== undefined) return { value, done: false };
      if (this.#error) throw this.#error.value;
      if (this.#ended) return { value: undefined, done: true };
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#abandoned.abort();
    this.#ended = true;
    this.#buffer.length = 0;
    this.#wake?.();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
