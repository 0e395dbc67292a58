/** A line of a file. `bytes` are without its end (LF or CRLF); undefined when it is longer than the bound, and then nobody has kept it. */
export interface ScannedLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer | undefined;
  /** False of a last line that no newline ends. */
  readonly ended: boolean;
}

const LF = 10;
const CR = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts bytes into lines as they come. Holds no more than one line, and of a line over `maxLineBytes` nothing: a file of one endless line costs no
 * memory. Bytes that lie in one chunk are handed out as a view of it.
 */
export class LineScanner {
  readonly #maxLineBytes: number;
  #number = 1;
  /** Of the line under way: what came in earlier chunks. */
  #parts: Buffer[] = [];
  #length = 0;
  #tooLong = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  *push(chunk: Uint8Array): Generator<ScannedLine> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let to = bytes.indexOf(LF); to !== -1; to = bytes.indexOf(LF, from)) {
      this.#add(bytes.subarray(from, to));
      yield this.#take(true);
      from = to + 1;
    }
    this.#add(bytes.subarray(from));
  }

  /** What is left when the file has come to its end: at most one line. */
  *end(): Generator<ScannedLine> {
    if (this.#length > 0) yield this.#take(false);
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    // The end of a line may come with a CR, and its file with a mark: neither counts, so both get some room.
    if (this.#length > this.#maxLineBytes + BOM.length + 1) this.#tooLong = true;
    if (this.#tooLong) this.#parts = [];
    else this.#parts.push(part);
  }

  #take(ended: boolean): ScannedLine {
    const number = this.#number++;
    const bytes = this.#tooLong ? undefined : trimmed(this.#joined(), number === 1);
    this.#parts = [];
    this.#length = 0;
    this.#tooLong = false;
    return { number, ended, bytes: bytes !== undefined && bytes.length > this.#maxLineBytes ? undefined : bytes };
  }

  #joined(): Buffer {
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
  }
}

function trimmed(line: Buffer, first: boolean): Buffer {
  const from = first && line.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const to = line.at(-1) === CR ? line.length - 1 : line.length;
  return line.subarray(from, to);
}

/** All lines of a stream; blank ones too. */
export async function* scanLines(
  input: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<Iterable<ScannedLine>> {
  const scanner = new LineScanner(maxLineBytes);
  for await (const chunk of input) yield scanner.push(chunk);
  yield scanner.end();
}
