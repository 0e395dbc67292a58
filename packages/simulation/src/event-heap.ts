/** What is to happen, soonest first: a heap with four branches on typed arrays. Of equal times any may come first. */
export class EventHeap {
  #times = new Float64Array(1_024);
  #codes = new Int32Array(1_024);
  #size = 0;
  /** Of what `pop` took. */
  time = 0;
  code = 0;

  get size(): number {
    return this.#size;
  }

  /** @param code whatever the caller knows it by, 32 bits */
  push(time: number, code: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = this.#times[parent]!;
      if (parentTime <= time) break;
      this.#times[at] = parentTime;
      this.#codes[at] = this.#codes[parent]!;
      at = parent;
    }
    this.#times[at] = time;
    this.#codes[at] = code;
  }

  /** Takes the soonest into `time` and `code`. @returns false where there is none */
  pop(): boolean {
    if (this.#size === 0) return false;
    const [times, codes] = [this.#times, this.#codes];
    this.time = times[0]!;
    this.code = codes[0]!;
    const size = --this.#size;
    const time = times[size]!;
    const code = codes[size]!;
    let at = 0;
    for (let child = 1; child < size; child = 4 * at + 1) {
      const end = Math.min(child + 4, size);
      let least = child;
      for (let other = child + 1; other < end; other++) if (times[other]! < times[least]!) least = other;
      if (times[least]! >= time) break;
      times[at] = times[least]!;
      codes[at] = codes[least]!;
      at = least;
    }
    times[at] = time;
    codes[at] = code;
    return true;
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#size);
    const codes = new Int32Array(2 * this.#size);
    times.set(this.#times);
    codes.set(this.#codes);
    this.#times = times;
    this.#codes = codes;
  }
}
