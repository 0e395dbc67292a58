import { Findings } from '../findings.ts';
import type { GuardedText, OutputGuard } from '../guard.ts';
import { isWordCharacter } from './open-tail.ts';
import { applyMatches, type LocalEngine, type Screened } from './engine.ts';

/** Longest unfinished stretch that is waited for, UTF-16 code units: longer than any detector's match that has no white space in it. */
const MAX_HELD = 16_384;

/**
 * Screens an answer as it grows. Text is released up to the last point where nothing to hold back can be under way; most often that is
 * the last finished word, so a reader is at most one token behind.
 */
export class LocalOutputGuard implements OutputGuard {
  readonly #engine: LocalEngine;
  readonly #findings = new Findings('output');
  #held = '';
  #blocked = false;
  /** The last released character, which detectors may need to see what stands before a word. */
  #before = '';

  constructor(engine: LocalEngine) {
    this.#engine = engine;
  }

  get findings() {
    return this.#findings.list();
  }

  push(text: string): GuardedText {
    if (this.#blocked) return BLOCKED;
    this.#held += text;
    return this.#release(this.#held.length > MAX_HELD);
  }

  end(): GuardedText {
    return this.#blocked ? BLOCKED : this.#release(true);
  }

  #release(everything: boolean): GuardedText {
    const before = this.#before;
    const text = before + this.#held;
    const matches = this.#engine.find(text);
    const cut = everything ? text.length : this.#engine.settledLength(text, matches);
    if (cut <= before.length) return NOTHING;
    const settled = matches.length === 0 ? matches : matches.filter((match) => match.end <= cut);
    const screened = applyMatches(text.slice(0, cut), settled);
    this.#record(screened);
    this.#blocked = screened.blocked;
    this.#held = screened.blocked ? '' : text.slice(cut);
    // In the middle of a word (a forced release) the character before would be taken for part of what follows.
    this.#before = isWordCharacter(text.charCodeAt(cut - 1)) ? '' : text.charAt(cut - 1);
    return { text: screened.text.slice(before.length), blocked: screened.blocked };
  }

  #record(screened: Screened): void {
    for (const match of screened.matches)
      this.#findings.add(match.detector.name, match.detector.action === 'block' ? 'blocked' : 'redacted');
  }
}

const NOTHING: GuardedText = { text: '', blocked: false };
const BLOCKED: GuardedText = { text: '', blocked: true };
