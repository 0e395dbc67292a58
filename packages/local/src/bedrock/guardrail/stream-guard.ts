import { assess, findHits, type Assessment } from './assess.ts';
import { LONGEST_PII } from './find-pii.ts';
import type { GuardrailDefinition } from './guardrail-config.ts';

export interface GuardedPiece {
  /** Text that may be sent now. */
  text: string;
  action: 'NONE' | 'ANONYMIZED' | 'BLOCKED';
  assessment: Assessment;
}

/** Applies a guardrail to text that arrives in pieces. The last words are held back while they may yet become part of a finding. */
export class StreamGuard {
  readonly #guardrail: GuardrailDefinition;
  readonly #wordsHeld: number;
  readonly #longestHeld: number;
  #held = '';

  constructor(guardrail: GuardrailDefinition) {
    this.#guardrail = guardrail;
    const phrases = guardrail.deniedWords.map((phrase) => phrase.trim().split(/\s+/).length);
    this.#wordsHeld = Math.max(1, ...phrases);
    // A phrase may come with up to eight white spaces between its words.
    this.#longestHeld = Math.max(LONGEST_PII, ...guardrail.deniedWords.map((phrase) => phrase.length * 8));
  }

  push(piece: string): GuardedPiece {
    this.#held += piece;
    const hits = findHits(this.#guardrail, this.#held);
    if (hits.some(({ action }) => action === 'BLOCKED')) return this.#release(this.#held.length);
    const cut = hits.reduce((at, { start, end }) => (start < at && at < end ? start : at), this.#openFrom());
    return this.#release(cut);
  }

  flush(): GuardedPiece {
    return this.#release(this.#held.length);
  }

  #release(cut: number): GuardedPiece {
    const { text, action, assessment } = assess(this.#guardrail, this.#held.slice(0, cut));
    this.#held = this.#held.slice(cut);
    return { text: action === 'BLOCKED' ? '' : text, action, assessment };
  }

  /** Where the words begin that may still grow into a finding: the last few, and numbers before them (`555 123 4567`). */
  #openFrom(): number {
    const words = [...this.#held.matchAll(/\S+/g)];
    let first = Math.max(0, words.length - this.#wordsHeld);
    while (first > 0 && /^[\d+().-]+$/.test(words[first - 1]?.[0] ?? '')) first -= 1;
    const from = words[first]?.index ?? this.#held.length;
    return Math.max(from, this.#held.length - this.#longestHeld);
  }
}
