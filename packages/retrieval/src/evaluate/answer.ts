import { sentencesOf, type SentenceSpan } from '../answer/sentences.ts';

/** An answer as the API gave it. */
export interface EvaluatedAnswer {
  readonly text: string;
  readonly abstained: boolean;
  /** Share of its sentences that the packed passages support, as the service found; absent where it found none to judge. */
  readonly groundedness?: number;
  readonly citations: readonly EvaluatedCitation[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: number;
}

/** `start` and `end` are UTF-16 offsets into the answer: the words that the quote is to support. */
export interface EvaluatedCitation {
  readonly documentId: string;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
}

/** Whether a quote supports a sentence. */
export type Supports = (sentence: string, quote: string) => boolean;

/** Share of a sentence's content words that a quote must hold. */
const SUPPORT = 0.5;

/**
 * Whether at least half of the content words of a sentence, by their first six letters, are in the quote. Cheap and the same everywhere; it
 * judges the words, not the logic, so it is a floor under the service's own judgement and not a second opinion of equal worth.
 */
export const sharesWords: Supports = (sentence, quote) => {
  const wanted = contentWords(sentence);
  if (wanted.size === 0) return true;
  const given = contentWords(quote);
  return [...wanted].filter((word) => given.has(word)).length >= SUPPORT * wanted.size;
};

export interface CitationMeasures {
  /** Share of citations that are of a relevant document and support what they stand at. Absent without citations. */
  readonly precision?: number;
  /** Share of sentences with at least one such citation. Absent without sentences. */
  readonly recall?: number;
}

/** Citation precision and recall, after Gao et al., Enabling Large Language Models to Generate Text with Citations, 2023. */
export function measureCitations(
  answer: Pick<EvaluatedAnswer, 'text' | 'citations'>,
  relevant: ReadonlySet<string>,
  supports: Supports = sharesWords,
): CitationMeasures {
  const good = answer.citations.filter(
    ({ documentId, quote, start, end }) =>
      // A quote that the policy holds back cannot be judged.
      relevant.has(documentId) && (quote === '' || supports(withoutMarks(answer.text.slice(start, end)), quote)),
  );
  const sentences = claimsOf(answer.text);
  const cited = sentences.filter(({ start, end }) => good.some((each) => each.start < end && each.end > start));
  return {
    ...(answer.citations.length === 0 ? {} : { precision: good.length / answer.citations.length }),
    ...(sentences.length === 0 ? {} : { recall: cited.length / sentences.length }),
  };
}

/** Sentences that say something: with a letter in them once citation marks are gone. Cut where the service cuts them. */
export function claimsOf(text: string): readonly SentenceSpan[] {
  return sentencesOf(text).filter(({ start, end }) => /\p{L}/u.test(withoutMarks(text.slice(start, end))));
}

function withoutMarks(text: string): string {
  return text.replaceAll(/\[\d{1,3}\]/g, ' ');
}

/** Words that carry no content, of four letters and more; shorter ones never count unless they hold a digit. */
const FUNCTION_WORDS = new Set(
  'that this these those with from have been were will would could should their there they them then than when where which what while about into also only such some more most must your ours does each very'.split(
    ' ',
  ),
);

function contentWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words
      .filter((word) => /\p{N}/u.test(word) || (word.length > 3 && !FUNCTION_WORDS.has(word)))
      .map((word) => word.slice(0, 6)),
  );
}
