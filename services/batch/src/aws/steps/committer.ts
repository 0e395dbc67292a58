import type { BatchStore, Lease, RecordResult } from '@plinth/stores/batches';

/** Whichever is reached first. */
const RESULTS = 500;
const LENGTH = 4 * 1024 * 1024;

/** Commits results as they come, some hundred together. */
export class Committer {
  readonly #store: Pick<BatchStore, 'commit'>;
  readonly #lease: Lease;
  #results: RecordResult[] = [];
  #length = 0;

  constructor(store: Pick<BatchStore, 'commit'>, lease: Lease) {
    this.#store = store;
    this.#lease = lease;
  }

  async add(result: RecordResult): Promise<void> {
    this.#results.push(result);
    this.#length += result.line.length;
    if (this.#results.length >= RESULTS || this.#length >= LENGTH) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#results.length === 0) return;
    const results = this.#results;
    [this.#results, this.#length] = [[], 0];
    await this.#store.commit(this.#lease, results);
  }
}
