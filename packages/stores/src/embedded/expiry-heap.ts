export interface Expiring {
  expiresAt: number;
}

interface Entry<T> {
  readonly at: number;
  readonly item: T;
}

/**
 * Items by when they expire, soonest first. An item that is renewed is pushed again and one that ends is left where it is: `stale` tells
 * such entries apart as they come up, and they are cleared out when they outnumber the living.
 */
export class ExpiryHeap<T extends Expiring> {
  #entries: Entry<T>[] = [];
  readonly #alive: (item: T) => boolean;

  constructor(alive: (item: T) => boolean) {
    this.#alive = alive;
  }

  push(item: T): void {
    const entries = this.#entries;
    const entry = { at: item.expiresAt, item };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (entries[parent]!.at <= entry.at) break;
      entries[index] = entries[parent]!;
      index = parent;
    }
    entries[index] = entry;
  }

  clear(): void {
    this.#entries = [];
  }

  /** The next item that has expired by `now`, taken out; `undefined` when none has. */
  popExpired(now: number): T | undefined {
    const entries = this.#entries;
    while (entries.length > 0 && entries[0]!.at <= now) {
      const { at, item } = this.#pop();
      if (item.expiresAt === at && this.#alive(item)) return item;
    }
    return undefined;
  }

  /** Drops stale entries when there are over twice as many as `living`. */
  compact(living: number): void {
    if (this.#entries.length <= 2 * living + 1_024) return;
    const kept = this.#entries.filter(({ at, item }) => item.expiresAt === at && this.#alive(item));
    // A sorted array is a heap.
    this.#entries = kept.sort((a, b) => a.at - b.at);
  }

  #pop(): Entry<T> {
    const entries = this.#entries;
    const top = entries[0]!;
    const last = entries.pop()!;
    const length = entries.length;
    if (length > 0) {
      let index = 0;
      for (;;) {
        let child = 2 * index + 1;
        if (child >= length) break;
        if (child + 1 < length && entries[child + 1]!.at < entries[child]!.at) child += 1;
        if (entries[child]!.at >= last.at) break;
        entries[index] = entries[child]!;
        index = child;
      }
      entries[index] = last;
    }
    return top;
  }
}
