/** Whole numbers from 0 on, a bit each, so that what is committed of a shard of 5,000 records takes 836 characters of its item. */
export class OrdinalSet {
  readonly #bits: Uint8Array;

  /** `size`: one more than the largest that will ever be in it. */
  constructor(size: number, encoded = '') {
    this.#bits = new Uint8Array(Math.ceil(size / 8));
    this.#bits.set(Buffer.from(encoded, 'base64').subarray(0, this.#bits.length));
  }

  has(ordinal: number): boolean {
    return (this.#bits[ordinal >> 3]! & (1 << (ordinal & 7))) !== 0;
  }

  add(ordinal: number): void {
    this.#bits[ordinal >> 3]! |= 1 << (ordinal & 7);
  }

  values(): number[] {
    const values: number[] = [];
    for (let ordinal = 0; ordinal < this.#bits.length * 8; ordinal++) if (this.has(ordinal)) values.push(ordinal);
    return values;
  }

  encode(): string {
    return Buffer.from(this.#bits).toString('base64');
  }
}
