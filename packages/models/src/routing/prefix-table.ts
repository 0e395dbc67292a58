import type { RouteAsk } from './router.ts';

const NONE = -1;
/** What a member is thought to keep grows by this with each beginning that it had kept nearly so long, and shrinks towards where one was gone. */
const GROWS = 1.02;
const NEARLY = 0.8;
const SHRINKS = 0.2;
/** Where one was gone, a little less than it was old is the most that the member can keep. */
const LESS = 0.9;
/** Of the tokens it was thought to have, so many must have been there. */
const KEPT = 0.5;

/**
 * Which members have which beginnings of prompts in their caches, as far as can be told from outside: one bounded table, least recently used
 * out first, of what each was last sent and when, in tokens that it has read since. How many tokens a member keeps is learned from what
 * it says it had; until it says, all is taken for kept.
 */
export class PrefixTable {
  /** What `look` found for each member: tokens of the prompt it has, and how many others it has read since. */
  readonly cachedTokens: Float64Array;
  readonly readSince: Float64Array;
  readonly #slots = new Map<number, number>();
  readonly #hashes: Float64Array;
  readonly #tokens: Int32Array;
  /** Where each member's reading stood when it had the beginning last, slot by slot; 0 is never. */
  readonly #seenAt: Uint32Array;
  /** Tokens that each member has read, modulo 2^32, and those it is thought to keep. */
  readonly #read: Uint32Array;
  readonly #keeps: Float64Array;
  /** The order of use, as a ring through the slots. */
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  #newest = NONE;
  #oldest = NONE;

  constructor(
    private readonly capacity: number,
    private readonly members: number,
  ) {
    this.cachedTokens = new Float64Array(members);
    this.readSince = new Float64Array(members);
    this.#hashes = new Float64Array(capacity);
    this.#tokens = new Int32Array(capacity);
    this.#seenAt = new Uint32Array(capacity * members);
    this.#read = new Uint32Array(members).fill(1);
    this.#keeps = new Float64Array(members).fill(Number.POSITIVE_INFINITY);
    this.#newer = new Int32Array(capacity);
    this.#older = new Int32Array(capacity);
  }

  look({ prefixes, promptTokens }: RouteAsk): void {
    this.cachedTokens.fill(0);
    for (let i = prefixes.length - 1; i >= 0; i--) {
      const slot = this.#slots.get(prefixes[i]!);
      if (slot === undefined) continue;
      const tokens = Math.min(promptTokens, this.#tokens[slot]!);
      for (let member = 0, at = slot * this.members; member < this.members; member++, at++) {
        const seenAt = this.#seenAt[at]!;
        if (seenAt === 0 || this.cachedTokens[member]! > 0) continue;
        const since = (this.#read[member]! - seenAt) >>> 0;
        if (since > this.#keeps[member]!) continue;
        this.cachedTokens[member] = tokens;
        this.readSince[member] = since;
      }
    }
  }

  /** Tokens of a prompt that one member has. */
  cachedBy(member: number, { prefixes, promptTokens }: RouteAsk): number {
    for (let i = prefixes.length - 1; i >= 0; i--) {
      const slot = this.#slots.get(prefixes[i]!);
      const seenAt = slot === undefined ? 0 : this.#seenAt[slot * this.members + member]!;
      if (seenAt !== 0 && (this.#read[member]! - seenAt) >>> 0 <= this.#keeps[member]!)
        return Math.min(promptTokens, this.#tokens[slot!]!);
    }
    return 0;
  }

  /** A member reads a prompt: from now on it has all its beginnings. @param tokens those it did not have */
  record({ prefixes, prefixTokens, promptTokens }: RouteAsk, member: number, tokens: number): void {
    const read = (this.#read[member]! + tokens) >>> 0 || 1;
    this.#read[member] = read;
    const count = prefixes.length;
    for (let i = 0; i < count; i++) {
      const slot = this.#slots.get(prefixes[i]!) ?? this.#take(prefixes[i]!);
      const known = prefixTokens?.[i];
      if (known !== undefined) this.#tokens[slot] = known;
      // The whole prompt's tokens are known; of a part's there is only a guess, until it comes as a whole.
      else if (i === count - 1) this.#tokens[slot] = promptTokens;
      else if (this.#tokens[slot] === 0) this.#tokens[slot] = Math.round((promptTokens * (i + 1)) / count);
      this.#seenAt[slot * this.members + member] = read;
      this.#touch(slot);
    }
  }

  /** A member said how much of a prompt it had. @param expected tokens that `look` found @param since as `readSince` was then */
  learn(member: number, expected: number, since: number, had: number): void {
    const keeps = this.#keeps[member]!;
    if (had >= KEPT * expected) {
      if (since > NEARLY * keeps) this.#keeps[member] = keeps * GROWS;
    } else if (since <= keeps) {
      const most = Math.max(1, LESS * since);
      this.#keeps[member] = keeps === Number.POSITIVE_INFINITY ? most : keeps - SHRINKS * (keeps - most);
    }
  }

  /** A member was out of order: what it had is taken for lost. */
  forget(member: number): void {
    for (let at = member; at < this.#seenAt.length; at += this.members) this.#seenAt[at] = 0;
  }

  /** A slot for a new beginning, the oldest one's if there is no other. It is out of the ring. */
  #take(hash: number): number {
    let slot = this.#slots.size;
    if (slot >= this.capacity) {
      slot = this.#oldest;
      this.#unlink(slot);
      this.#slots.delete(this.#hashes[slot]!);
      this.#seenAt.fill(0, slot * this.members, (slot + 1) * this.members);
    }
    this.#newer[slot] = NONE;
    this.#older[slot] = NONE;
    this.#tokens[slot] = 0;
    this.#hashes[slot] = hash;
    this.#slots.set(hash, slot);
    return slot;
  }

  #touch(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest !== NONE) this.#newer[this.#newest] = slot;
    this.#newest = slot;
    if (this.#oldest === NONE) this.#oldest = slot;
  }

  #unlink(slot: number): void {
    const [newer, older] = [this.#newer[slot]!, this.#older[slot]!];
    if (newer !== NONE) this.#older[newer] = older;
    if (older !== NONE) this.#newer[older] = newer;
    if (this.#oldest === slot) this.#oldest = newer;
    if (this.#newest === slot) this.#newest = older;
  }
}
