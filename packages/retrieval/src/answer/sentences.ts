/** UTF-16 offsets of a sentence, without the white space around it. */
export interface SentenceSpan {
  readonly start: number;
  readonly end: number;
}

/** A sentence without an end is cut here, UTF-16 code units, so that nothing is held for ever. */
const MAX_SENTENCE = 2_000;

/** Where a sentence may end: punctuation, punctuation of scripts without spaces, a new line. */
const CANDIDATE = /[.!?…]+|[。！？]+|\n/g;
/** What closes with a sentence, marks of sources among it: `.")`, `. [1][2, 3]`. */
const CLOSERS = /["'”’)\]»」』）]*(?:\s*\[[\d,\s]{1,20}\])*/y;
/** A rest that could still become one of those. */
const MAY_CLOSE = /^\s*(?:\[[\d,\s]{0,20})?$/;
const ABBREVIATION =
  /(?:^|[\s("'])(?:\p{L}|mr|mrs|ms|dr|prof|st|sr|jr|inc|ltd|co|corp|vs|etc|cf|al|fig|eq|sec|ch|vol|pp|approx|dept|art|resp|incl|(?:\p{L}\.)+\p{L})$/iu;
/** The number of an item in a list. */
const ITEM = /^\d{1,3}$/;

/**
 * Finds the end of the first sentence at or after `from`. Whether a candidate ends it depends on the next character that is no white space, so with
 * less text than that it is still open: what is decided once stays so whatever follows.
 */
export function nextSentence(
  text: string,
  from: number,
  whole: boolean,
): (SentenceSpan & { next: number }) | undefined {
  let start = from;
  while (start < text.length && /\s/.test(text[start]!)) start++;
  if (start === text.length) return undefined;
  const bound = start + MAX_SENTENCE;
  // Within what is looked at and no further, or a long text without an end would be read again for each piece of it.
  const near = text.slice(0, bound);
  CANDIDATE.lastIndex = start;
  for (let match = CANDIDATE.exec(near); match !== null; match = CANDIDATE.exec(near)) {
    const verdict = endAt(text, start, match.index, match.index + match[0].length, whole);
    if (verdict === 'open') return undefined;
    if (verdict !== undefined) return span(text, start, verdict);
  }
  if (text.length >= bound) return span(text, start, bound - (isLowSurrogate(text.charCodeAt(bound)) ? 1 : 0));
  return whole ? span(text, start, text.length) : undefined;
}

function endAt(text: string, start: number, at: number, after: number, whole: boolean): number | 'open' | undefined {
  const newline = text[at] === '\n';
  let end = at;
  if (!newline) {
    // More of the same punctuation may follow.
    if (after === text.length && !whole) return 'open';
    CLOSERS.lastIndex = after;
    end = after + (CLOSERS.exec(text)?.[0].length ?? 0);
  }
  const rest = text.slice(end, end + 4_096);
  if (!whole && MAY_CLOSE.test(rest)) return 'open';
  const next = rest.trimStart();
  if (next === '') return end;
  const spaced = next.length < rest.length;
  if (newline) return /^\p{Ll}/u.test(next) ? undefined : end;
  if (/[。！？]/.test(text[at]!)) return end;
  if (!spaced) return undefined;
  if (/^[.…]/.test(text[at]!) && /^\p{Ll}/u.test(next)) return undefined;
  const before = text.slice(Math.max(start, at - 16), at);
  return text[at] === '.' && after === at + 1 && (ABBREVIATION.test(before) || ITEM.test(before)) ? undefined : end;
}

function span(text: string, start: number, end: number): SentenceSpan & { next: number } {
  return { start, end: start + text.slice(start, end).trimEnd().length, next: end };
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** The sentences of a whole text, in order. */
export function sentencesOf(text: string): SentenceSpan[] {
  const sentences: SentenceSpan[] = [];
  for (let from = 0; ;) {
    const sentence = nextSentence(text, from, true);
    if (sentence === undefined) return sentences;
    sentences.push({ start: sentence.start, end: sentence.end });
    from = sentence.next;
  }
}

/** A sentence of a text that is still being written, and the white space before it. */
export interface WrittenSentence {
  readonly lead: string;
  readonly text: string;
}

/** Sentences as they are finished: the same ones wherever the text was cut. */
export class SentenceStream {
  #held = '';

  push(text: string): WrittenSentence[] {
    this.#held += text;
    return this.#take(false);
  }

  end(): WrittenSentence[] {
    return this.#take(true);
  }

  #take(whole: boolean): WrittenSentence[] {
    const sentences: WrittenSentence[] = [];
    let from = 0;
    for (;;) {
      const sentence = nextSentence(this.#held, from, whole);
      if (sentence === undefined) break;
      const { start, end, next } = sentence;
      sentences.push({ lead: this.#held.slice(from, start), text: this.#held.slice(start, end) });
      // White space after a sentence belongs to the next.
      from = Math.min(end, next);
    }
    this.#held = this.#held.slice(from);
    return sentences;
  }
}
