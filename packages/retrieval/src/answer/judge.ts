import type { Embedder } from '../ports/embedder.ts';
import type { Lack, ScoredSpan, Sources, SupportSpan, WordsVerdict } from './support.ts';

/** Whether the passages bear out one sentence, and where. */
export interface SentenceVerdict {
  /** False for a sentence that says nothing which could be true or false. */
  readonly claim: boolean;
  readonly supported: boolean;
  /** 0 to 1. */
  readonly score: number;
  readonly words: number;
  /** Absent where words alone decided. */
  readonly cosine?: number;
  /** The span that bears it out, or comes closest. */
  readonly span?: SupportSpan;
  readonly lack?: Lack;
}

export interface JudgeOptions {
  readonly sources: Sources;
  /** Asked about sentences that words cannot decide; without it they are held to more words. */
  readonly embedder?: Embedder;
  readonly signal: AbortSignal;
  /** The embedder failed: words decide. */
  readonly onError?: (error: unknown) => void;
}

/** Shares of content words: at least so many need no second look, below so few no look helps, and so many decide alone. */
const SURE = 0.8;
const HOPELESS = 0.3;
const ALONE = 0.6;
/**
 * On the careful side: of twelve pairs tried with all-MiniLM-L6-v2, paraphrases lay between 0.39 and 0.75, and sentences of the same topic that say
 * something else between 0.23 and 0.67. What lies below is left unsupported rather than believed.
 */
const ALIKE = 0.72;

/** A source that says otherwise has so much more of the words than any that does not. */
const AGAINST = 0.15;

const NO_CLAIM: SentenceVerdict = { claim: false, supported: false, score: 0, words: 0 };

/** Judges sentences: by words at once, and those that words cannot decide by one call to the embedder for all. */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** In order. A value, not a promise, where words decide everything. */
  judge(
    sentences: readonly { readonly text: string; readonly claimed: readonly number[] }[],
  ): readonly SentenceVerdict[] | Promise<readonly SentenceVerdict[]> {
    const found = sentences.map(({ text, claimed }) => this.#options.sources.judge(text, claimed));
    const byWords = found.map((verdict) => (verdict.claim ? verdictByWords(verdict) : NO_CLAIM));
    const open = byWords.flatMap(({ claim, words, lack }, index) =>
      claim && (lack === undefined || lack === 'words') && words >= HOPELESS && words < SURE ? [index] : [],
    );
    if (open.length === 0 || this.#options.embedder === undefined) return byWords;
    return this.#look(
      open.map((index) => ({ index, text: sentences[index]!.text, spans: found[index]!.spans })),
      byWords,
      this.#options.embedder,
    );
  }

  async #look(
    open: readonly { readonly index: number; readonly text: string; readonly spans: readonly ScoredSpan[] }[],
    byWords: readonly SentenceVerdict[],
    embedder: Embedder,
  ): Promise<readonly SentenceVerdict[]> {
    const texts = open.flatMap(({ text, spans }) => [text, ...spans.map(({ span }) => span.text)]);
    try {
      await this.#embed(texts, embedder);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#options.onError?.(error);
      return byWords;
    }
    const verdicts = [...byWords];
    for (const { index, text, spans } of open) verdicts[index] = this.#verdict(text, spans);
    return verdicts;
  }

  async #embed(texts: readonly string[], embedder: Embedder): Promise<void> {
    const fresh = [...new Set(texts)].filter((text) => !this.#vectors.has(text));
    if (fresh.length === 0) return;
    const vectors = await embedder.embed(fresh, 'document', { signal: this.#options.signal });
    for (const [index, text] of fresh.entries()) this.#vectors.set(text, vectors[index]!);
  }

  #verdict(text: string, spans: readonly ScoredSpan[]): SentenceVerdict {
    const vector = this.#vectors.get(text)!;
    const [best] = spans
      .map((scored) => ({ ...scored, cosine: dot(vector, this.#vectors.get(scored.span.text)!) }))
      .sort((a, b) => b.cosine + b.words - a.cosine - a.words);
    const { span, words } = best!;
    const cosine = Math.max(0, Math.min(1, best!.cosine));
    const supported = cosine >= ALIKE;
    return {
      claim: true,
      supported,
      score: (words + cosine) / 2,
      words,
      cosine,
      span,
      ...(supported ? {} : { lack: 'words' as const }),
    };
  }
}

function verdictByWords({ spans: [best], against }: WordsVerdict): SentenceVerdict {
  if (against !== undefined && against.words >= (best?.words ?? 0) + AGAINST)
    return { claim: true, supported: false, score: 0, words: against.words, span: against.span, lack: against.lack };
  if (best === undefined) return { claim: true, supported: false, score: 0, words: 0, lack: 'words' };
  const { span, words } = best;
  const supported = words >= ALONE;
  return { claim: true, supported, score: words, words, span, ...(supported ? {} : { lack: 'words' as const }) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** Share of the sentences that claim something which the passages bear out; undefined where none does. */
export function groundednessOf(verdicts: readonly SentenceVerdict[]): number | undefined {
  const claims = verdicts.filter(({ claim }) => claim);
  return claims.length === 0 ? undefined : claims.filter(({ supported }) => supported).length / claims.length;
}
