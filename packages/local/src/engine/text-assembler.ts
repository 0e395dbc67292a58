/** How many tokens may go by without completing a character: one has at most four bytes, so longer means the bytes are not text. */
const LONGEST_WAIT = 4;

export type Detokenize<Token> = (tokens: readonly Token[], before: readonly Token[]) => string;

/** Turns tokens into text piece by piece. A character whose bytes are spread over several tokens comes out once, whole. */
export class TextAssembler<Token> {
  readonly #detokenize: Detokenize<Token>;
  #pending: Token[] = [];
  #before: Token[] = [];
  /** How much of the pending tokens' text was given out already. */
  #given = 0;
  #waited = 0;

  constructor(detokenize: Detokenize<Token>) {
    this.#detokenize = detokenize;
  }

  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#detokenize(this.#pending, this.#before);
    const whole = withoutCutCharacter(text);
    const fresh = whole.slice(this.#given);
    this.#waited = fresh === '' ? this.#waited + 1 : 0;
    if (whole.length < text.length && this.#waited < LONGEST_WAIT) {
      this.#given = whole.length;
      return fresh;
    }
    const rest = text.slice(this.#given);
    this.#before = this.#pending;
    this.#reset();
    return rest;
  }

  /** Ends the text; a character cut by the end of the answer is left out. */
  flush(): void {
    this.#reset();
  }

  #reset(): void {
    this.#pending = [];
    this.#given = 0;
    this.#waited = 0;
  }
}

/** Bytes that are not (yet) a whole character show as U+FFFD at the end. */
function withoutCutCharacter(text: string): string {
  return text.replace(/\uFFFD+$/, '');
}
