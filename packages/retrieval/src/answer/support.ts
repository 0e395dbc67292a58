import { sentencesOf } from './sentences.ts';
import { contradicts, termsOf, type Terms } from './terms.ts';

/** A part of a passage, a sentence or two, that may bear out a sentence. */
export interface SupportSpan {
  /** Index of the passage among those packed, from 0. */
  readonly passage: number;
  /** UTF-16 offsets into the passage's text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly terms: Terms;
  readonly sentences: 1 | 2;
}

/** Why a sentence is not borne out: too few of its words, or a number, name or negation that the source has not. */
export type Lack = 'words' | 'number' | 'name' | 'negation';

/** How a sentence stands to the passages, by words. */
export interface WordsVerdict {
  /** Content words that make it a claim. */
  readonly claim: boolean;
  /** Best spans first, none of which lacks a number, name or negation. */
  readonly spans: readonly ScoredSpan[];
  /** The best span that does: where it has clearly more of the words, the sentence says otherwise than the passages do. */
  readonly against?: ScoredSpan;
}

export interface ScoredSpan {
  readonly span: SupportSpan;
  /** Share of the sentence's content words that the span has, 0 to 1; words of its title and headings count less. */
  readonly words: number;
  readonly lack?: Exclude<Lack, 'words'>;
}

/** A text that sentences are held against. */
export interface SourceText {
  readonly text: string;
  /** Title and headings: what the text is about, and does not repeat. */
  readonly about: string;
}

/** Longest pair of sentences quoted as one, UTF-16 code units. */
const MAX_PAIR = 600;
const ABOUT_WEIGHT = 0.7;
/** How much a mark of the model's own counts between spans that are as good: it is a hint, and no more. */
const HINT = 0.02;
/** One sentence is the better quotation unless two say clearly more. */
const PAIR_COST = 0.08;
const KEPT = 4;
/** A sentence of fewer content words, such as "The answer is 28.", means nothing without its question. */
const ELLIPTIC = 4;
/** A span bears out such a sentence if it is one sentence that has this share of both. */
const ELLIPTIC_SHARE = 0.8;
const NOTHING_ASKED: ReadonlySet<string> = new Set();

/** The packed passages as sentences are held against them. */
export class Sources {
  readonly #spans: readonly SupportSpan[];
  readonly #about: readonly Terms[];
  readonly #all: readonly Terms[];
  readonly #question: ReadonlySet<string>;

  /** @param question What is answered: short answers say the rest by it. */
  constructor(sources: readonly SourceText[], question = '') {
    this.#question = termsOf(question).words;
    this.#spans = sources.flatMap(({ text }, passage) => spansOf(text, passage));
    this.#about = sources.map(({ about }) => termsOf(about));
    this.#all = sources.map(({ text, about }) => termsOf(`${about}\n${text}`));
  }

  /** @param claimed Passages the model named, from 1. */
  judge(sentence: string, claimed: readonly number[] = []): WordsVerdict {
    const own = termsOf(sentence);
    if (own.words.size === 0) return { claim: false, spans: [] };
    const asked = own.words.size < ELLIPTIC ? this.#question : NOTHING_ASKED;
    const scored = this.#spans.map((span) => this.#score(own, asked, span));
    const rank = ({ span, words }: ScoredSpan) =>
      words - (span.sentences === 2 ? PAIR_COST : 0) + (claimed.includes(span.passage + 1) ? HINT : 0);
    const enough = ({ span, words }: ScoredSpan) =>
      asked.size === 0 ? words > 0 : words >= ELLIPTIC_SHARE && span.sentences === 1;
    const best = scored.filter(enough).sort((a, b) => rank(b) - rank(a));
    const spans = best.filter(({ lack }) => lack === undefined).slice(0, KEPT);
    return { claim: true, spans, against: best.find(({ lack }) => lack !== undefined) };
  }

  /** A span must have what a short answer says, and what it leaves to its question. */
  #score(sentence: Terms, asked: ReadonlySet<string>, span: SupportSpan): ScoredSpan {
    const own = this.#share(sentence.words, span);
    const words = asked.size === 0 ? own : Math.min(own, this.#share(new Set([...sentence.words, ...asked]), span));
    return { span, words, lack: this.#lack(sentence, span) };
  }

  #share(words: ReadonlySet<string>, { terms, passage }: SupportSpan): number {
    const about = this.#about[passage]!;
    let found = 0;
    for (const word of words) found += terms.words.has(word) ? 1 : about.words.has(word) ? ABOUT_WEIGHT : 0;
    return found / words.size;
  }

  #lack(sentence: Terms, { terms, passage }: SupportSpan): ScoredSpan['lack'] {
    for (const number of sentence.numbers) if (!terms.numbers.has(number)) return 'number';
    for (const name of sentence.names) if (!this.#all[passage]!.words.has(name)) return 'name';
    return contradicts(sentence, terms) ? 'negation' : undefined;
  }
}

function spansOf(text: string, passage: number): SupportSpan[] {
  const sentences = sentencesOf(text);
  const span = (start: number, end: number, count: 1 | 2): SupportSpan => {
    const slice = text.slice(start, end);
    return { passage, start, end, text: slice, terms: termsOf(slice), sentences: count };
  };
  return sentences.flatMap(({ start, end }, index) => {
    const next = sentences[index + 1];
    const one = span(start, end, 1);
    return next === undefined || next.end - start > MAX_PAIR ? [one] : [one, span(start, next.end, 2)];
  });
}
