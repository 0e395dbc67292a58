import type { Clock } from '@plinth/stores';

/**
 * A bounded read-through cache: one load at a time per key, entries kept for `ttlMs`, failures not kept. When it is full the oldest entry
 * goes, which is enough for look-ups that are cheap to repeat.
 */
export class ExpiringCache<T> {
  readonly #load: (key: string) => Promise<T>;
  readonly #ttlMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: Promise<T>; until: number }>();

  constructor(load: (key: string) => Promise<T>, options: { ttlMs: number; capacity: number; clock: Clock }) {
    this.#load = load;
    this.#ttlMs = options.ttlMs;
    this.#capacity = options.capacity;
    this.#clock = options.clock;
  }

  get(key: string): Promise<T> {
    const now = this.#clock.now();
    const known = this.#entries.get(key);
    if (known !== undefined && known.until > now) return known.value;
    this.#entries.delete(key);
    const oldest = this.#entries.size >= this.#capacity ? this.#entries.keys().next() : undefined;
    if (oldest !== undefined && !oldest.done) this.#entries.delete(oldest.value);
    const entry = { value: this.#load(key), until: now + this.#ttlMs };
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }
}
