import { hashText } from './text-hash.ts';

/** Words of a slot: 96 bits of the id's hash, and the line it is on. A line of 0 is no line: the slot is free. */
const WORDS = 4;
const LINE = 3;
const FULLEST = 0.7;

/**
 * Which line an id was seen on first, in 16 bytes a slot whatever its length: 32 MiB for a million ids, 256 MiB for 10 million. Two different
 * ids are taken for one with odds of n² / 2^97: 6 in 10^16 for 10 million.
 */
export class IdTable {
  #slots: number;
  #table: Uint32Array;
  #size = 0;
  readonly #hash = new Uint32Array(4);

  /** @param slots A power of two; more are made when they are needed. */
  constructor(slots = 1 << 16) {
    this.#slots = slots;
    this.#table = new Uint32Array(slots * WORDS);
  }

  /** Keeps `line` for an id that is new. Otherwise gives the line it was on before. */
  claim(id: string, line: number): number | undefined {
    hashText(id, this.#hash);
    const hash = this.#hash;
    const [a, b, c] = [hash[0]!, hash[1]!, hash[2]!];
    const at = this.#find(a, b, c);
    const seen = this.#table[at + LINE]!;
    if (seen !== 0) return seen;
    this.#put(at, a, b, c, line);
    if (++this.#size > this.#slots * FULLEST) this.#grow();
    return undefined;
  }

  /** Where these words are, or would be. */
  #find(a: number, b: number, c: number): number {
    const table = this.#table;
    const last = this.#slots - 1;
    for (let slot = a & last; ; slot = (slot + 1) & last) {
      const at = slot * WORDS;
      if (table[at + LINE] === 0 || (table[at] === a && table[at + 1] === b && table[at + 2] === c)) return at;
    }
  }

  #put(at: number, a: number, b: number, c: number, line: number): void {
    const table = this.#table;
    table[at] = a;
    table[at + 1] = b;
    table[at + 2] = c;
    table[at + LINE] = line;
  }

  #grow(): void {
    const before = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(this.#slots * WORDS);
    for (let at = 0; at < before.length; at += WORDS) {
      const [a, b, c, line] = [before[at]!, before[at + 1]!, before[at + 2]!, before[at + LINE]!];
      if (line !== 0) this.#put(this.#find(a, b, c), a, b, c, line);
    }
  }
}
