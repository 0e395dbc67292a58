import type { RecordResult } from '@plinth/stores/batches';

/** Bounds of one commit. */
const MOST_RESULTS = 500;
const MOST_CHARACTERS = 4_000_000;

interface Waiting {
  readonly result: RecordResult;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Results on their way to the store: one commit at a time, and whatever came while it was written goes with the next. */
export class CommitQueue {
  readonly #commit: (results: readonly RecordResult[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(commit: (results: readonly RecordResult[]) => Promise<void>) {
    this.#commit = commit;
  }

  /** Resolves once it is durable; rejects with what its commit rejected with. */
  add(result: RecordResult): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ result, resolve, reject });
      if (!this.#busy) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#busy = true;
    // What is answered in the same turn goes together.
    await undefined;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#fitting());
      try {
        await this.#commit(group.map(({ result }) => result));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#busy = false;
  }

  #fitting(): number {
    let characters = 0;
    const over = this.#waiting.findIndex(({ result }) => (characters += result.line.length) > MOST_CHARACTERS);
    return Math.min(MOST_RESULTS, Math.max(1, over === -1 ? this.#waiting.length : over));
  }
}
