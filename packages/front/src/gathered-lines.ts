/** Characters that are written together, and how long the first of them may wait, milliseconds. */
const ENOUGH = 16_000;
const LONGEST_WAIT_MS = 1_000;

/**
 * Lines of a log, gathered and written together: a write of its own would cost a request more than making its line does. Whoever ends the
 * process flushes first; one that is killed loses the last second.
 */
export class GatheredLines {
  readonly #write: (text: string) => void;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length >= ENOUGH) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), LONGEST_WAIT_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#write(text);
  }
}
