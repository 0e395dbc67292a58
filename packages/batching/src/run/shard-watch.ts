import type { OpenShard } from '@plinth/stores/batches';

interface Sight {
  readonly token: number;
  readonly beat: number;
  /** When it was first seen so, by the clock of who watches. */
  readonly since: number;
}

/**
 * Tells which shards nobody works on: those given back, those held under this worker's own name by a process before it, and those whose beat has stood still
 * for the lease time. No clock but the watcher's own is asked.
 */
export class ShardWatch {
  readonly #name: string;
  readonly #leaseMs: number;
  #sights = new Map<string, ReadonlyMap<number, Sight>>();

  constructor(name: string, leaseMs: number) {
    this.#name = name;
    this.#leaseMs = leaseMs;
  }

  /** Looks at the open shards of a batch, all that are of interest. `now` is of a monotonic clock, milliseconds. */
  free(batchId: string, shards: readonly OpenShard[], now: number): readonly OpenShard[] {
    const before = this.#sights.get(batchId);
    const sights = new Map<number, Sight>();
    const free = shards.filter((shard) => {
      const { number, token, beat, holder } = shard;
      if (holder === undefined || holder === this.#name) return true;
      const seen = before?.get(number);
      const same = seen !== undefined && seen.token === token && seen.beat === beat;
      const since = same ? seen.since : now;
      sights.set(number, { token, beat, since });
      return now - since >= this.#leaseMs;
    });
    this.#sights.set(batchId, sights);
    return free;
  }

  /** Forgets the batches that are not among these. */
  keep(batchIds: ReadonlySet<string>): void {
    for (const id of this.#sights.keys()) if (!batchIds.has(id)) this.#sights.delete(id);
  }
}
