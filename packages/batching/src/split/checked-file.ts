import type { BatchError, BatchLine } from '@plinth/contracts';
import { LineChecker, type LineRules } from './check-line.ts';
import { scanLines, type ScannedLine } from './line-scanner.ts';

export interface FileRules extends LineRules {
  readonly maxRecords: number;
  readonly maxErrors: number;
  readonly onRecord?: (record: BatchLine) => void;
  readonly signal?: AbortSignal;
}

const NEWLINE = Buffer.from('\n');
const NONE: readonly ScannedLine[] = [];

/** A file of requests, read only as far as its parts are asked for. From the first mistake on it has no more parts, and is checked to its end. */
export class CheckedFile {
  readonly #rules: FileRules;
  readonly #checker: LineChecker;
  readonly #chunks: AsyncGenerator<Iterable<ScannedLine>>;
  readonly #errors: BatchError[] = [];
  /** Of the chunk under way: what is not looked at yet. */
  #lines: Iterator<ScannedLine> = NONE.values();
  /** A request that is checked and not handed out. */
  #ahead: Buffer | undefined;
  #checked = 0;
  #records = 0;
  #ended = false;

  constructor(input: AsyncIterable<Uint8Array>, rules: FileRules) {
    this.#rules = rules;
    this.#checker = new LineChecker(rules);
    this.#chunks = scanLines(input, rules.maxLineBytes);
  }

  get model(): string | undefined {
    return this.#checker.model;
  }

  get errors(): readonly BatchError[] {
    return this.#errors;
  }

  /** Those that were handed out. */
  get records(): number {
    return this.#records;
  }

  /** Whether another record comes. Reads up to it, or to the end. */
  async more(): Promise<boolean> {
    while (this.#ahead === undefined && !this.#ended) {
      this.#rules.signal?.throwIfAborted();
      const chunk = await this.#chunks.next();
      if (chunk.done === true) this.#end();
      else this.#lines = chunk.value[Symbol.iterator]();
      this.#ahead = this.#take();
    }
    return this.#ahead !== undefined;
  }

  /** The lines of the next records, at most `count` of them, each with a newline: about as large as what comes in. */
  async *next(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0 && (await this.more());) {
      const parts: Buffer[] = [];
      for (; left > 0 && this.#ahead !== undefined; left--) {
        parts.push(this.#ahead, NEWLINE);
        this.#records += 1;
        this.#ahead = this.#take();
      }
      yield Buffer.concat(parts);
    }
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  /** The next request of this chunk, once there has been no mistake. */
  #take(): Buffer | undefined {
    for (let line = this.#lines.next(); line.done !== true; line = this.#lines.next()) {
      const { record, error } = this.#checker.check(line.value);
      if (error !== undefined) this.#refuse(error);
      if (record === undefined) continue;
      if (++this.#checked > this.#rules.maxRecords) this.#tooMany(line.value.number);
      else this.#rules.onRecord?.(record);
      if (this.#errors.length === 0) return line.value.bytes;
    }
    return undefined;
  }

  #tooMany(line: number): void {
    const message = `There are more than ${this.#rules.maxRecords} records. Split the file.`;
    this.#refuse({ code: 'too_many_tasks', message, line, param: null });
    this.#stop();
  }

  #refuse(error: BatchError): void {
    this.#errors.push(error);
    if (this.#errors.length >= this.#rules.maxErrors) this.#stop();
  }

  #stop(): void {
    this.#lines = NONE.values();
    this.#ended = true;
  }

  #end(): void {
    this.#stop();
    if (this.#checked > 0 || this.#errors.length > 0) return;
    const message = 'The file holds no requests. Put one on each line.';
    this.#refuse({ code: 'empty_file', message, line: null, param: null });
  }
}
