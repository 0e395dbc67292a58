import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf, textsOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** Rank from 1, and the score itself. */
export interface Placing {
  rank: number;
  score: number;
}

export const SCORES = ['lexical', 'dense', 'fused', 'rerank'] as const;
export type ScoreName = (typeof SCORES)[number];

export interface ExplainedPassage {
  id: string;
  /** Absent where its reader may no longer read it, or it is gone: then only its scores are known. */
  source: { documentId: string; version: number | undefined; start: number; end: number } | undefined;
  title: string;
  headingPath: readonly string[];
  pages: { first: number; last: number } | undefined;
  text: string;
  scores: Partial<Record<ScoreName, Placing>>;
  /** `packed`, or why it did not reach the model. */
  fate: string;
  /** Sentences of the answer that cite it. */
  cited: number;
}

export interface ExplainedSentence {
  text: string;
  supported: boolean;
  /** Whether it claims anything that could be supported. */
  claim: boolean;
  score: number | undefined;
  /** What the passages do not have: `words`, `number`, `name` or `negation`. */
  reason: string;
}

/** What the answer loses without one passage, 0 to 1. */
export interface Attribution {
  passageId: string;
  similarityLoss: number;
  supportLoss: number;
}

export interface Explanation {
  answerId: string;
  question: string;
  /** What was looked for: a follow-up question made to stand alone. */
  query: string;
  policy: string;
  passages: readonly ExplainedPassage[];
  sentences: readonly ExplainedSentence[];
  groundedness: number | undefined;
  /** What answered and what guarded, by its part: `generator`, `embedding`, `reranker`, `guardrail`. */
  models: readonly { part: string; name: string }[];
  /** Only once it was asked for. */
  attribution: readonly Attribution[] | undefined;
}

/** Longest wait for an attribution, milliseconds: the answer is made once more without each passage. */
const ATTRIBUTION_TIMEOUT_MS = 300_000;

export async function explainAnswer(
  endpoint: Endpoint,
  key: string,
  { answerId, attribution, signal }: { answerId: string; attribution: boolean; signal: AbortSignal },
): Promise<Explanation> {
  const path = `/rag/v1/answers/${encodeURIComponent(answerId)}/explanation${attribution ? '?attribution=leave-one-out' : ''}`;
  const body = await callJson(endpoint, path, {
    key,
    signal,
    ...(attribution ? { timeoutMs: ATTRIBUTION_TIMEOUT_MS } : {}),
  });
  if (!isRecord(body) || !Array.isArray(body.passages)) throw new ApiError(localProblem('unreadable'));
  return {
    answerId,
    question: textOf(body.question),
    query: textOf(body.query),
    policy: textOf(body.policy),
    passages: body.passages.flatMap(readPassage),
    sentences: Array.isArray(body.sentences) ? body.sentences.flatMap(readSentence) : [],
    groundedness: numberOf(body.groundedness),
    models: isRecord(body.models)
      ? Object.entries(body.models).flatMap(([part, name]) => (typeof name === 'string' ? [{ part, name }] : []))
      : [],
    attribution: Array.isArray(body.attribution) ? body.attribution.flatMap(readAttribution) : undefined,
  };
}

export async function sendFeedback(
  endpoint: Endpoint,
  key: string,
  answerId: string,
  rating: 'up' | 'down',
): Promise<void> {
  const path = `/rag/v1/answers/${encodeURIComponent(answerId)}/feedback`;
  await callJson(endpoint, path, { method: 'POST', key, body: { rating } });
}

function readPassage(value: unknown): ExplainedPassage[] {
  if (!isRecord(value) || typeof value.passage_id !== 'string') return [];
  const { pages, document_id: documentId } = value;
  const [first, last] = isRecord(pages) ? [numberOf(pages.first), numberOf(pages.last)] : [];
  const [start, end] = [numberOf(value.start), numberOf(value.end)];
  const shown = value.withheld !== true && typeof documentId === 'string' && start !== undefined && end !== undefined;
  return [
    {
      id: value.passage_id,
      source: shown ? { documentId, version: numberOf(value.version), start, end } : undefined,
      title: textOf(value.title) || textOf(documentId),
      headingPath: textsOf(value.heading_path),
      pages: first === undefined || last === undefined ? undefined : { first, last },
      text: textOf(value.text),
      scores: Object.fromEntries(SCORES.flatMap((name) => placingOf(name, value[name]))),
      fate: textOf(value.fate),
      cited: numberOf(value.cited) ?? 0,
    },
  ];
}

function placingOf(name: ScoreName, value: unknown): [ScoreName, Placing][] {
  if (!isRecord(value)) return [];
  const [rank, score] = [numberOf(value.rank), numberOf(value.score)];
  return rank === undefined || score === undefined ? [] : [[name, { rank, score }]];
}

function readSentence(value: unknown): ExplainedSentence[] {
  if (!isRecord(value) || typeof value.text !== 'string') return [];
  const { text, supported, claim, score, reason } = value;
  return [
    { text, supported: supported === true, claim: claim !== false, score: numberOf(score), reason: textOf(reason) },
  ];
}

function readAttribution(value: unknown): Attribution[] {
  if (!isRecord(value) || typeof value.passage_id !== 'string') return [];
  const loss = (given: unknown) => Math.min(1, Math.max(0, numberOf(given) ?? 0));
  return [
    {
      passageId: value.passage_id,
      similarityLoss: loss(value.similarity_loss),
      supportLoss: loss(value.support_loss),
    },
  ];
}
