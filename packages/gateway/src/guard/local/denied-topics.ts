import type { GuardPolicy } from '@plinth/contracts';
import type { Detector, Span } from './detector.ts';
import { isWordCharacter } from './open-tail.ts';

type Topic = GuardPolicy['deniedTopics'][number];

/**
 * Phrases that a policy forbids, as whole words, whatever their case, accents, or spacing. Matching goes word by word over a prefix
 * set, so its cost is that of the text and not of the number of phrases.
 */
export class DeniedTopics {
  readonly detectors: readonly Detector[];
  /** Every beginning of every phrase, words joined by one space; the value says whether it is a whole phrase. */
  readonly #beginnings = new Map<string, boolean>();
  readonly longestPhraseWords: number;
  /** Without one of these no phrase can begin. */
  readonly #firstWords: RegExp;

  constructor(topics: readonly Topic[]) {
    let longest = 0;
    this.detectors = topics.map((topic) => {
      const beginnings = beginningsOf(topic.phrases);
      for (const [text, whole] of beginnings) this.#beginnings.set(text, whole || this.#beginnings.get(text) === true);
      longest = Math.max(longest, ...topic.phrases.map((phrase) => wordsOf(phrase).length));
      return {
        name: `topic:${topic.name}`,
        action: topic.action,
        find: (text: string) => findPhrases(text, beginnings),
      };
    });
    this.longestPhraseWords = longest;
    this.#firstWords = firstWordsPattern(topics.flatMap((topic) => topic.phrases));
  }

  /** Whether a phrase may begin somewhere in `text`: a quick look that spares most text the slow one. */
  mayBegin(text: string): boolean {
    return this.longestPhraseWords > 0 && this.#firstWords.test(text);
  }

  /**
   * Where the end of `text` could be the beginning of a phrase that is still being written: the offset of its first word, or the length
   * of `text` when there is none. The last word may itself be unfinished, so it is not held against what stands before it.
   */
  openPhraseStart(text: string): number {
    if (!this.mayBegin(text)) return text.length;
    const from = Math.max(0, text.length - this.longestPhraseWords * (MAX_GAP + MAX_WORD));
    const words = wordsOf(text.slice(from));
    if (words.at(-1)?.end === text.length - from && isWordCharacter(text.charCodeAt(text.length - 1))) words.pop();
    const recent = words.slice(-this.longestPhraseWords);
    for (const [index, word] of recent.entries()) {
      if (this.#beginnings.has(joinWords(recent.slice(index)))) return word.start + from;
    }
    return text.length;
  }
}

/** Words of a phrase stand at most this far apart, in characters; a word in text is looked at up to this length. */
const MAX_GAP = 32;
const MAX_WORD = 64;

/** The end of any first word, or any character outside ASCII, whose accents and forms only the slow look takes off. */
function firstWordsPattern(phrases: readonly string[]): RegExp {
  const first = new Set(phrases.map((phrase) => wordsOf(phrase)[0]?.folded ?? ''));
  const words = [...first].filter((word) => /^[a-z0-9]+$/.test(word));
  return new RegExp(`[^\\x00-\\x7f]${words.length === 0 ? '' : `|(?:${words.join('|')})(?![a-z0-9])`}`, 'i');
}

function joinWords(words: readonly Word[]): string {
  return words.map((word) => word.folded).join(' ');
}

function beginningsOf(phrases: readonly string[]): Map<string, boolean> {
  const beginnings = new Map<string, boolean>();
  for (const phrase of phrases) {
    const words = wordsOf(phrase);
    for (let count = 1; count <= words.length; count++) {
      const text = joinWords(words.slice(0, count));
      beginnings.set(text, count === words.length || beginnings.get(text) === true);
    }
  }
  return beginnings;
}

interface Word extends Span {
  readonly folded: string;
}

/** A word; in scripts written without spaces, one character. (`v` is in every supported Node, but not yet in TypeScript's target.) */
const SPACELESS = '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}';
const WORD = new RegExp(`[${SPACELESS}]|[[\\p{L}\\p{M}\\p{N}]--[${SPACELESS}]]+`, 'gv');

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    folded: match[0].normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
  }));
}

function findPhrases(text: string, beginnings: ReadonlyMap<string, boolean>): Span[] {
  const words = wordsOf(text);
  const spans: Span[] = [];
  for (const [first, start] of words.entries()) {
    let joined = '';
    for (let last = first; last < words.length; last++) {
      const word = words[last]!;
      if (last > first && word.start - words[last - 1]!.end > MAX_GAP) break;
      joined = last === first ? word.folded : `${joined} ${word.folded}`;
      const whole = beginnings.get(joined);
      if (whole === undefined) break;
      if (whole) spans.push({ start: start.start, end: word.end });
    }
  }
  return spans;
}
