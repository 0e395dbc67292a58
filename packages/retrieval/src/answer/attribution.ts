import type { AnswerRecord } from '../ports/answer-store.ts';
import type { Embedder } from '../ports/embedder.ts';
import { termsOf } from './terms.ts';

/** What an answer loses without one passage, 0 to 1. */
export interface PassageAttribution {
  readonly passageId: string;
  /** Of its likeness to the answer that was given. */
  readonly similarityLoss: number;
  /** Of the share of its sentences that the passages bear out. */
  readonly supportLoss: number;
}

/** An answer that was written again. */
export interface WrittenAgain {
  readonly text: string;
  readonly groundedness?: number;
}

export interface AttributionOptions {
  /** Writes the answer again from the packed passages but one (or from all), at temperature 0. */
  readonly writeAgain: (exclude: readonly string[]) => Promise<WrittenAgain>;
  /** Likeness is the cosine of whole answers; without it, the share of words both have. */
  readonly embedder?: Embedder;
  readonly signal: AbortSignal;
}

/** Passages that are left out one by one: each costs an answer. */
export const ATTRIBUTED_MOST = 5;

/**
 * Leave-one-out attribution: the answer is written again with all packed passages, and then without each of the best ones. What it loses in likeness
 * to the answer given, and in support, is what that passage was worth. Everything that was found and not packed stays out, so that nothing takes the
 * place of what is missing.
 */
export async function attribute(
  answer: AnswerRecord,
  options: AttributionOptions,
): Promise<readonly PassageAttribution[]> {
  const packed = answer.passages.filter(({ fate }) => fate === 'packed').map(({ id }) => id);
  const others = answer.passages.filter(({ fate }) => fate !== 'packed').map(({ id }) => id);
  const missing = packed.slice(0, ATTRIBUTED_MOST);
  if (missing.length === 0) return [];
  const all = await options.writeAgain(others);
  const without: WrittenAgain[] = [];
  // One after the other: they are the caller's own requests, and are held to the caller's own limits.
  for (const id of missing) without.push(await options.writeAgain([...others, id]));
  const likeness = await likenessTo(
    answer.answer,
    [all, ...without].map(({ text }) => text),
    options,
  );
  return missing.map((passageId, index) => ({
    passageId,
    similarityLoss: loss(likeness[0]!, likeness[index + 1]!),
    supportLoss: loss(all.groundedness ?? 0, without[index]!.groundedness ?? 0),
  }));
}

function loss(whole: number, left: number): number {
  return Math.max(0, Math.min(1, whole - left));
}

async function likenessTo(
  given: string,
  texts: readonly string[],
  { embedder, signal }: AttributionOptions,
): Promise<readonly number[]> {
  if (embedder === undefined || given.trim() === '') return texts.map((text) => sharedWords(given, text));
  const filled = texts.map((text) => (text.trim() === '' ? '-' : text));
  const [origin, ...vectors] = await embedder.embed([given, ...filled], 'document', { signal });
  return vectors.map((vector) => vector.reduce((sum, value, index) => sum + value * origin![index]!, 0));
}

/** Shared words over all words. */
function sharedWords(a: string, b: string): number {
  const [one, other] = [termsOf(a).words, termsOf(b).words];
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared / Math.max(1, one.size + other.size - shared);
}
