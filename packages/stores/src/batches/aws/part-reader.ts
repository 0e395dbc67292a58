import { PlatformError } from '@plinth/contracts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { RecordResult } from '../batch-store.ts';

/** A line of a part. */
export type StoredResult = readonly [
  ordinal: number,
  failed: 0 | 1,
  inputTokens: number,
  outputTokens: number,
  nanoUsd: number,
  line: string,
];

const LINE_END = 10;

/** Reads a part line by line, a piece of the object at a time. */
export class PartReader {
  readonly #objects: ObjectStore;
  readonly #key: string;
  readonly #pieceBytes: number;
  #piece = Buffer.alloc(0);
  /** Where in the object the piece ends, and where the object does. */
  #read = 0;
  #end = Number.POSITIVE_INFINITY;
  #current: StoredResult | undefined;

  constructor(objects: ObjectStore, key: string, pieceBytes: number) {
    this.#objects = objects;
    this.#key = key;
    this.#pieceBytes = pieceBytes;
  }

  /** Of the result it stands at; -1 before the first and after the last. */
  get ordinal(): number {
    return this.#current?.[0] ?? -1;
  }

  get result(): RecordResult {
    const [ordinal, failed, inputTokens, outputTokens, nanoUsd, line] = this.#current!;
    return { ordinal, line, failed: failed === 1, used: { inputTokens, outputTokens, nanoUsd } };
  }

  /** Goes on to the next result. */
  async next(): Promise<void> {
    let end = this.#piece.indexOf(LINE_END);
    while (end < 0 && this.#read < this.#end) {
      const from = this.#piece.length;
      this.#piece = Buffer.concat([this.#piece, await this.#readPiece()]);
      end = this.#piece.indexOf(LINE_END, from);
    }
    this.#current = end < 0 ? undefined : (JSON.parse(this.#piece.toString('utf8', 0, end)) as StoredResult);
    this.#piece = this.#piece.subarray(end + 1);
  }

  async #readPiece(): Promise<Buffer> {
    const range = { first: this.#read, last: this.#read + this.#pieceBytes - 1 };
    const found = await this.#objects.get(this.#key, { range });
    if (!found)
      throw new PlatformError(
        'storage_failed',
        'A part of the results of a batch is not in the object store any more.',
      );
    const chunks: Uint8Array[] = [];
    for await (const chunk of found.body) chunks.push(chunk as Uint8Array);
    const piece = Buffer.concat(chunks);
    this.#end = found.bytes;
    this.#read += piece.length;
    if (piece.length === 0 && this.#read < this.#end)
      throw new PlatformError('storage_failed', 'A part of the results of a batch is shorter than it should be.');
    return piece;
  }
}
