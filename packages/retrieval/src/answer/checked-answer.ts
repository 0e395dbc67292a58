import type { GroundingExtension, UrlCitation } from '@plinth/contracts';
import type { AnswerSentence } from '../ports/answer-store.ts';
import { abstentionText, isRefusal } from './abstention.ts';
import { citationOf } from './citation.ts';
import { groundednessOf, type Judge, type SentenceVerdict } from './judge.ts';
import { takeMarkers } from './markers.ts';
import type { PackedPassage } from './pack.ts';
import { SentenceStream, type WrittenSentence } from './sentences.ts';

/** What becomes of sentences that no passage bears out: they are marked, or there is no answer at all. */
export type UnsupportedPolicy = 'mark' | 'abstain';

/** What leaves of an answer, in order; a citation is of text that left before it. */
export type AnswerPart =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'citation'; readonly citation: UrlCitation };

export interface CheckedAnswerOptions {
  readonly packed: readonly PackedPassage[];
  readonly judge: Judge;
  readonly policy: UnsupportedPolicy;
  /** Least share of borne-out sentences under `abstain`. */
  readonly threshold: number;
  /** Follows an unsupported sentence under `mark`. */
  readonly mark: string;
}

/** An answer after it was judged. */
export interface CheckedResult {
  /** What is left to send. */
  readonly parts: readonly AnswerPart[];
  /** All that was sent. */
  readonly text: string;
  readonly sentences: readonly AnswerSentence[];
  readonly groundedness?: number;
  readonly abstained: boolean;
  readonly unsupported: GroundingExtension['unsupported'];
  readonly removed: number;
}

interface Sentence {
  readonly lead: string;
  readonly text: string;
  readonly claimed: readonly number[];
}

const NONE: readonly AnswerPart[] = [];

/**
 * Holds an answer against its passages, sentence by sentence. Under `mark` each leaves as soon as it is finished and judged; under `abstain` none
 * leaves before the last is written, and then only those that are borne out. What leaves does not depend on where the answer was cut.
 */
export class CheckedAnswer {
  readonly #options: CheckedAnswerOptions;
  readonly #stream = new SentenceStream();
  readonly #verdicts: SentenceVerdict[] = [];
  readonly #sentences: AnswerSentence[] = [];
  readonly #unsupported: { start_index: number; end_index: number }[] = [];
  /** Those that wait for the end under `abstain`. */
  readonly #held: Sentence[] = [];
  #text = '';
  #removed = 0;
  #refused = false;

  constructor(options: CheckedAnswerOptions) {
    this.#options = options;
  }

  push(text: string): readonly AnswerPart[] | Promise<readonly AnswerPart[]> {
    return this.#take(this.#stream.push(text));
  }

  /** @param broken The answer has no end: what was held back stays so. */
  async end({ broken }: { readonly broken: boolean }): Promise<CheckedResult> {
    if (broken) return this.#result(NONE, false);
    const last = await this.#take(this.#stream.end());
    if (this.#options.policy === 'mark') {
      const abstained = this.#refused && !this.#verdicts.some(({ supported }) => supported);
      return this.#result(last, abstained);
    }
    return this.#decide();
  }

  #take(written: readonly WrittenSentence[]): readonly AnswerPart[] | Promise<readonly AnswerPart[]> {
    const sentences = written.flatMap((each) => this.#unmarked(each));
    if (sentences.length === 0) return NONE;
    if (this.#options.policy === 'abstain') {
      this.#held.push(...sentences);
      return NONE;
    }
    const verdicts = this.#options.judge.judge(sentences);
    return verdicts instanceof Promise
      ? verdicts.then((each) => this.#sendAll(sentences, each))
      : this.#sendAll(sentences, verdicts);
  }

  #unmarked({ lead, text: raw }: WrittenSentence): Sentence[] {
    const { text, claimed } = takeMarkers(raw, this.#options.packed.length);
    return text === '' ? [] : [{ lead, text, claimed }];
  }

  async #decide(): Promise<CheckedResult> {
    const { judge, threshold, packed } = this.#options;
    const verdicts = await judge.judge(this.#held);
    const judged = this.#held.map((sentence, index) => ({
      sentence,
      verdict: this.#noted(sentence, verdicts[index]!),
    }));
    const groundedness = groundednessOf(judged.map(({ verdict }) => verdict));
    const answers = groundedness !== undefined && groundedness > 0 && groundedness >= threshold;
    const kept = answers ? judged.filter(({ verdict }) => verdict.supported || !verdict.claim) : [];
    this.#removed = judged.length - kept.length;
    this.#verdicts.push(...judged.map(({ verdict }) => verdict));
    if (answers)
      return this.#result(
        kept.flatMap(({ sentence, verdict }) => this.#send(sentence, verdict)),
        false,
      );
    this.#text = abstentionText(packed);
    return this.#result([{ type: 'text', text: this.#text }], true);
  }

  #sendAll(sentences: readonly Sentence[], verdicts: readonly SentenceVerdict[]): AnswerPart[] {
    return sentences.flatMap((sentence, index) => {
      const verdict = this.#noted(sentence, verdicts[index]!);
      this.#verdicts.push(verdict);
      return this.#send(sentence, verdict);
    });
  }

  /** That there is no answer is no claim about the documents. */
  #noted({ text }: Sentence, verdict: SentenceVerdict): SentenceVerdict {
    if (!isRefusal(text)) return verdict;
    this.#refused = true;
    return { claim: false, supported: false, score: 0, words: 0 };
  }

  #send({ lead, text }: Sentence, verdict: SentenceVerdict): AnswerPart[] {
    const before = this.#text === '' ? '' : lead;
    const start = this.#text.length + before.length;
    const end = start + text.length;
    const { claim, supported, score, words, cosine, span, lack } = verdict;
    const passage = span === undefined ? undefined : this.#options.packed[span.passage];
    this.#sentences.push({
      start,
      end,
      claim,
      supported,
      score,
      words,
      cosine,
      passageId: passage?.found.passage.id,
      reason: lack,
    });
    const unsupported = claim && !supported;
    const sent = before + text + (unsupported && this.#options.policy === 'mark' ? this.#options.mark : '');
    this.#text += sent;
    if (unsupported) this.#unsupported.push({ start_index: start, end_index: end });
    const part: AnswerPart = { type: 'text', text: sent };
    return supported && span !== undefined && passage !== undefined
      ? [part, { type: 'citation', citation: citationOf({ start, end }, span, passage) }]
      : [part];
  }

  #result(parts: readonly AnswerPart[], abstained: boolean): CheckedResult {
    return {
      parts,
      text: this.#text,
      sentences: this.#sentences,
      groundedness: groundednessOf(this.#verdicts),
      abstained,
      unsupported: this.#unsupported,
      removed: this.#removed,
    };
  }
}
