import { part } from '../../aws/attributes.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { BATCH_BOUNDS } from '../bounds.ts';
import type { RecordResult, ShardCard } from '../batch-store.ts';
import { atOnce } from './at-once.ts';
import { PartReader, type StoredResult } from './part-reader.ts';
import { digits } from './shard-item.ts';

type Shard = Pick<ShardCard, 'batchId' | 'number'>;

/** Calls to the object store under way at a time. */
const AT_ONCE = 16;
/** What all parts of a shard that are being read may hold in memory, bytes; each at least the second. */
const READ_BYTES = 32 * 1024 * 1024;
const READ_LEAST = 4 * 1024;
/** A page of results: whichever is reached first. */
const PAGE_RESULTS = 1_000;
const PAGE_LENGTH = 1024 * 1024;
/** Beside its line, a result is a few numbers. */
const PART_BYTES = 3 * BATCH_BOUNDS.commitBytes;

const batchPrefix = (batchId: string): string => `parts/${part(batchId)}/`;
const partKey = ({ batchId, number }: Shard, name: string): string =>
  `${batchPrefix(batchId)}${digits(number)}/${name}.jsonl`;

/** Results in the object store: a commit is a part, an object of one line a result, by ordinal. */
export class ResultParts {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  async write(shard: Shard, name: string, results: readonly RecordResult[]): Promise<void> {
    const lines = results
      .toSorted((a, b) => a.ordinal - b.ordinal)
      .map(({ ordinal, failed, used, line }): StoredResult => {
        return [ordinal, failed ? 1 : 0, used.inputTokens, used.outputTokens, used.nanoUsd, line];
      });
    const body = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.#objects.put(partKey(shard, name), body, { contentType: 'application/jsonl', maxBytes: PART_BYTES });
  }

  /** Merges the parts by ordinal. However large they are, a bounded piece of each is in memory. */
  async *read(shard: Shard, names: readonly string[]): AsyncGenerator<readonly RecordResult[]> {
    const pieceBytes = Math.max(READ_LEAST, Math.floor(READ_BYTES / Math.max(1, names.length)));
    const readers = names.map((name) => new PartReader(this.#objects, partKey(shard, name), pieceBytes));
    await atOnce(readers, AT_ONCE, (reader) => reader.next());
    // The one whose turn it is comes last, where it is cheapest to take off and to put back.
    const waiting = readers.filter(({ ordinal }) => ordinal >= 0).sort((a, b) => b.ordinal - a.ordinal);
    let page: RecordResult[] = [];
    let length = 0;
    for (let reader = waiting.pop(); reader; reader = waiting.pop()) {
      const result = reader.result;
      page.push(result);
      length += result.line.length;
      if (page.length >= PAGE_RESULTS || length >= PAGE_LENGTH) {
        yield page;
        page = [];
        length = 0;
      }
      await reader.next();
      if (reader.ordinal >= 0) waiting.splice(placeOf(waiting, reader.ordinal), 0, reader);
    }
    if (page.length > 0) yield page;
  }

  async drop(batchId: string): Promise<void> {
    for await (const objects of this.#objects.list(batchPrefix(batchId)))
      await atOnce(objects, AT_ONCE, ({ key }) => this.#objects.delete(key));
  }
}

/** Where it goes among readers of falling ordinals. */
function placeOf(readers: readonly PartReader[], ordinal: number): number {
  let [low, high] = [0, readers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (readers[middle]!.ordinal > ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}
