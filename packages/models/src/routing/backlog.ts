/**
 * Prompt tokens that a member was given and has not read, as far as can be told from outside: they drain at the speed it reads at, and
 * there are never more of them than belong to requests whose first token has not come.
 */
export class Backlog {
  #tokens = 0;
  #at = 0;
  /** Tokens of requests without a first token. */
  #open = 0;
  #requests = 0;

  /** @param tokenMs milliseconds that it reads one in */
  tokens(now: number, tokenMs: number): number {
    return Math.max(0, this.#tokens - (now - this.#at) / Math.max(1e-6, tokenMs));
  }

  add(tokens: number, now: number, tokenMs: number): void {
    this.#tokens = this.tokens(now, tokenMs) + tokens;
    this.#at = now;
    this.#open += tokens;
    this.#requests += 1;
  }

  /** The first token of a request has come, or will not come any more. */
  remove(tokens: number, now: number, tokenMs: number): void {
    this.#requests -= 1;
    this.#open = this.#requests === 0 ? 0 : Math.max(0, this.#open - tokens);
    this.#tokens = Math.min(this.#open, this.tokens(now, tokenMs));
    this.#at = now;
  }
}
