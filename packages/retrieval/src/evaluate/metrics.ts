import type { EvaluatedQuestion, EvaluationQuestion } from '@plinth/contracts';
import { measureCitations, sharesWords, type EvaluatedAnswer, type Supports } from './answer.ts';
import { answerable, ndcg, precision, recall, reciprocalRank, type Grades } from './ranking.ts';

export interface MetricKind {
  readonly better: 'higher' | 'lower';
  readonly unit: 'share' | 'ms' | 'tokens' | 'usd';
  readonly meaning: string;
}

/** What is measured of each question, by its name without the `@k`. Means of them are the totals. */
export const METRICS: Readonly<Record<string, MetricKind>> = {
  ndcg: { better: 'higher', unit: 'share', meaning: 'order of the documents found' },
  recall: { better: 'higher', unit: 'share', meaning: 'relevant documents found' },
  precision: { better: 'higher', unit: 'share', meaning: 'found documents that are relevant' },
  mrr: { better: 'higher', unit: 'share', meaning: '1 / rank of the first relevant document' },
  groundedness: { better: 'higher', unit: 'share', meaning: 'sentences that the passages support' },
  'citation-precision': { better: 'higher', unit: 'share', meaning: 'citations of a relevant document that support' },
  'citation-recall': { better: 'higher', unit: 'share', meaning: 'sentences with such a citation' },
  abstention: { better: 'higher', unit: 'share', meaning: 'questions without an answer that were given none' },
  answered: { better: 'higher', unit: 'share', meaning: 'questions with an answer that were given one' },
  'search-ms': { better: 'lower', unit: 'ms', meaning: 'search, a question' },
  'answer-ms': { better: 'lower', unit: 'ms', meaning: 'answer, a question' },
  tokens: { better: 'lower', unit: 'tokens', meaning: 'tokens an answer' },
  'cost-usd': { better: 'lower', unit: 'usd', meaning: 'cost of an answer' },
};

/** Only in totals: percentiles of the slowest step that was measured, and sums. */
export const TOTALS: Readonly<Record<string, MetricKind>> = {
  p50: { better: 'lower', unit: 'ms', meaning: 'half of the questions took at most this' },
  p95: { better: 'lower', unit: 'ms', meaning: '95 of 100 took at most this' },
  p99: { better: 'lower', unit: 'ms', meaning: '99 of 100 took at most this' },
  'total-tokens': { better: 'lower', unit: 'tokens', meaning: 'tokens of all answers' },
  'total-cost-usd': { better: 'lower', unit: 'usd', meaning: 'cost of all answers' },
};

/** The kind of a metric by its full name (`ndcg@10`); undefined for a name there is not. */
export function metricKind(name: string): MetricKind | undefined {
  const base = /^(ndcg|recall|precision)@\d+$/.exec(name)?.[1];
  if (base !== undefined) return METRICS[base];
  if (['ndcg', 'recall', 'precision'].includes(name)) return undefined;
  return Object.hasOwn(METRICS, name) ? METRICS[name] : Object.hasOwn(TOTALS, name) ? TOTALS[name] : undefined;
}

export interface Measured {
  /** Documents found, best first, each once; absent when the search failed. */
  readonly documents?: readonly string[];
  readonly searchMs?: number;
  readonly answer?: EvaluatedAnswer;
  readonly answerMs?: number;
}

export function gradesOf(question: EvaluationQuestion): Grades {
  return new Map(question.relevant.map(({ documentId, grade }) => [documentId, grade]));
}

/** All that is defined for a question. What failed counts as nothing found and nothing supported: failing is never better than answering badly. */
export function measure(
  question: EvaluationQuestion,
  measured: Measured,
  {
    k,
    answers,
    supports = sharesWords,
  }: { readonly k: number; readonly answers: boolean; readonly supports?: Supports },
): EvaluatedQuestion['metrics'] {
  const grades = gradesOf(question);
  const hasAnswer = answerable(grades);
  return {
    ...(hasAnswer ? rankingMetrics(measured.documents ?? [], grades, k) : {}),
    ...(answers ? answerMetrics(measured.answer, grades, hasAnswer, supports) : {}),
    ...(measured.searchMs === undefined ? {} : { 'search-ms': measured.searchMs }),
    ...(measured.answerMs === undefined ? {} : { 'answer-ms': measured.answerMs }),
  };
}

function rankingMetrics(documents: readonly string[], grades: Grades, k: number) {
  return {
    [`ndcg@${k}`]: ndcg(documents, grades, k),
    [`recall@${k}`]: recall(documents, grades, k),
    [`precision@${k}`]: precision(documents, grades, k),
    mrr: reciprocalRank(documents, grades),
  };
}

function answerMetrics(
  answer: EvaluatedAnswer | undefined,
  grades: Grades,
  hasAnswer: boolean,
  supports: Supports,
): EvaluatedQuestion['metrics'] {
  if (answer === undefined)
    return hasAnswer
      ? { answered: 0, groundedness: 0, 'citation-precision': 0, 'citation-recall': 0 }
      : { abstention: 0, groundedness: 0 };
  const relevant = new Set([...grades].filter(([, grade]) => grade > 0).map(([id]) => id));
  const citations = measureCitations(answer, relevant, supports);
  const spoke = !answer.abstained;
  return {
    ...(hasAnswer ? { answered: spoke ? 1 : 0 } : { abstention: spoke ? 0 : 1 }),
    ...(spoke && answer.groundedness !== undefined ? { groundedness: answer.groundedness } : {}),
    ...(spoke && hasAnswer && citations.precision !== undefined ? { 'citation-precision': citations.precision } : {}),
    ...(spoke && hasAnswer && citations.recall !== undefined ? { 'citation-recall': citations.recall } : {}),
    tokens: answer.inputTokens + answer.outputTokens,
    'cost-usd': answer.nanoUsd / 1e9,
  };
}
