import type { Prompt } from '../sim-request.ts';

/** A server's prefix cache: beginnings of prompts by hash, bounded in tokens, least recently used out first. */
export class PrefixCache {
  /** Tokens that each beginning adds to the one before it; in order of use. */
  readonly #added = new Map<number, number>();
  #tokens = 0;

  constructor(private readonly capacity: number) {}

  /** Tokens of the prompt that need not be read again. */
  has({ prefixes, prefixTokens }: Prompt): number {
    for (let i = prefixes.length - 1; i >= 0; i--) if (this.#added.has(prefixes[i]!)) return prefixTokens[i]!;
    return 0;
  }

  /** The prompt was read. Longer beginnings go first when there is no room, since they stand on the shorter ones. */
  add({ prefixes, prefixTokens }: Prompt): void {
    for (let i = prefixes.length - 1; i >= 0; i--) {
      const hash = prefixes[i]!;
      const known = this.#added.get(hash);
      const tokens = known ?? prefixTokens[i]! - (i === 0 ? 0 : prefixTokens[i - 1]!);
      if (known === undefined) this.#tokens += tokens;
      else this.#added.delete(hash);
      this.#added.set(hash, tokens);
    }
    if (this.#tokens <= this.capacity) return;
    for (const [hash, tokens] of this.#added) {
      this.#added.delete(hash);
      this.#tokens -= tokens;
      if (this.#tokens <= this.capacity) return;
    }
  }

  clear(): void {
    this.#added.clear();
    this.#tokens = 0;
  }
}
