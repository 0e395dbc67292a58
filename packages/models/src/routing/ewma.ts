/** A mean in which the newest value weighs `newest` and older ones less and less; the first value is taken whole. */
export class Ewma {
  #value: number | undefined;

  constructor(private readonly newest: number) {}

  get value(): number | undefined {
    return this.#value;
  }

  add(value: number): void {
    this.#value = this.#value === undefined ? value : this.#value + this.newest * (value - this.#value);
  }
}
