/** Part of its weight that a first token keeps when the next one comes. */
const KEPT = 0.97;
/** Before anything was measured: milliseconds without any prompt, and for each of its tokens. */
const BASE_MS = 50;
const TOKEN_MS = 0.1;
/** Weight of that beside what is measured, in first tokens. */
const BELIEF = 2;
/** Prompt tokens of the two points that stand for it. */
const FAR = 1_000;

/**
 * Milliseconds to the first token as a straight line over the tokens to be read before it: what the call itself costs, and what each token
 * does. A line through what was measured, least squares, in which older points fade.
 */
export class FirstTokenModel {
  #weight = BELIEF;
  #x = (BELIEF * FAR) / 2;
  #y = BELIEF * (BASE_MS + (TOKEN_MS * FAR) / 2);
  #xx = (BELIEF * FAR * FAR) / 2;
  #xy = (BELIEF * FAR * (BASE_MS + TOKEN_MS * FAR)) / 2;
  #baseMs = BASE_MS;
  #tokenMs = TOKEN_MS;

  get baseMs(): number {
    return this.#baseMs;
  }

  get tokenMs(): number {
    return this.#tokenMs;
  }

  add(tokens: number, ms: number): void {
    this.#weight = this.#weight * KEPT + 1;
    this.#x = this.#x * KEPT + tokens;
    this.#y = this.#y * KEPT + ms;
    this.#xx = this.#xx * KEPT + tokens * tokens;
    this.#xy = this.#xy * KEPT + tokens * ms;
    const [meanX, meanY] = [this.#x / this.#weight, this.#y / this.#weight];
    const spread = this.#xx / this.#weight - meanX * meanX;
    // Prompts of one length say nothing about the slope: it stays, and the base takes what differs.
    if (spread > 0.01 * meanX * meanX + 1)
      this.#tokenMs = Math.max(0, (this.#xy / this.#weight - meanX * meanY) / spread);
    this.#baseMs = Math.max(1, meanY - this.#tokenMs * meanX);
  }
}
