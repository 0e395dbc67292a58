export interface StopResult {
  /** Text that is safe to send. */
  text: string;
  /** The stop string that was met; what came before it is in `text`. */
  stopped?: string;
}

/** Finds stop strings in text that arrives in pieces. Text that may be the start of a stop string is held until that is known. */
export class StopMatcher {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  push(piece: string): StopResult {
    this.#held += piece;
    const found = this.#earliest();
    if (found) {
      const text = this.#held.slice(0, found.at);
      this.#held = '';
      return { text, stopped: found.stop };
    }
    const safe = this.#held.length - this.#openLength();
    const text = this.#held.slice(0, safe);
    this.#held = this.#held.slice(safe);
    return { text };
  }

  /** What was still held when the model ended: no stop string came of it. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  #earliest(): { at: number; stop: string } | undefined {
    let best: { at: number; stop: string } | undefined;
    for (const stop of this.#stops) {
      const at = this.#held.indexOf(stop);
      if (at >= 0 && (best === undefined || at < best.at)) best = { at, stop };
    }
    return best;
  }

  /** Length of the longest tail that is a proper beginning of some stop string. */
  #openLength(): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > longest; length -= 1) {
        if (this.#held.endsWith(stop.slice(0, length))) {
          longest = length;
          break;
        }
      }
    }
    return longest;
  }
}
