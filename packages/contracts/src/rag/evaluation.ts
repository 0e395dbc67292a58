import { filledListOf, filledText, listOf, text, whole } from '../bounds.ts';
import * as z from '../zod.ts';
import { MetadataFilter } from './options.ts';

/** Bounds on one evaluation. Answers cost money and minutes, so fewer of them are asked for at once. */
export const EVALUATION_BOUNDS = {
  bodyBytes: 16 * 1024 * 1024,
  questions: 10_000,
  answers: 1_000,
  relevant: 1_000,
  passages: 100,
  answerLength: 32_768,
} as const;

/** A question with what is known of its answer. Without a relevant document it has none, and a good answer is to abstain. */
export const EvaluationQuestion = z.object({
  id: filledText(128),
  question: filledText(8_192),
  /** Gain of a document is 2^grade − 1; grade 0 is not relevant. */
  relevant: listOf(z.object({ documentId: filledText(1_024), grade: whole(0, 10) }), EVALUATION_BOUNDS.relevant),
  /** A good answer, for people who read the report. */
  answer: z.optional(text(EVALUATION_BOUNDS.answerLength)),
  /** Who is to ask it: passed over where the caller holds none of these groups. Absent: anybody. */
  groups: z.optional(filledListOf(filledText(128), 64)),
});
export type EvaluationQuestion = z.infer<typeof EvaluationQuestion>;

/** What is measured. Every field is optional: without any it is the product's default. */
export const EvaluationConfig = z.strictObject({
  method: z.optional(z.enum(['hybrid', 'lexical', 'dense'])),
  rerank: z.optional(z.boolean()),
  /** Passages found for each question, several of which may be of one document. Absent: 50 in a search, and as many as the service takes for an answer. */
  limit: z.optional(whole(1, EVALUATION_BOUNDS.passages)),
  filter: z.optional(MetadataFilter),
  /** Documents that nDCG, recall and precision look at. */
  k: z._default(whole(1, EVALUATION_BOUNDS.passages), 10),
  /** Ask for answers too, which costs what answers cost. */
  answers: z._default(z.boolean(), false),
  /** Who answers; absent: the first model of the catalog. */
  model: z.optional(filledText(256)),
});
export type EvaluationConfig = z.infer<typeof EvaluationConfig>;

/** POST /v1/evaluations. Either the questions or the name of a set the service knows. */
export const EvaluationRequest = z.object({
  questions: z.optional(filledListOf(EvaluationQuestion, EVALUATION_BOUNDS.questions)),
  set: z.optional(filledText(128)),
  config: z._default(EvaluationConfig, EvaluationConfig.parse({})),
  /** Server-sent events: progress, then the result. */
  stream: z.optional(z.boolean()),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

const Metrics = z.record(z.string(), z.number());

/** One question as it went. `metrics` holds those that are defined for it. */
export const EvaluatedQuestion = z.object({
  id: z.string(),
  state: z.enum(['done', 'failed', 'skipped']),
  metrics: Metrics,
  /** The first documents found, best first. */
  documents: z.array(z.string()),
  answer: z.optional(z.string()),
  /** Code of the failure. */
  error: z.optional(z.string()),
});
export type EvaluatedQuestion = z.infer<typeof EvaluatedQuestion>;

/** What an evaluation found: each metric in total, and each question. */
export const EvaluationResult = z.object({
  object: z.literal('evaluation'),
  config: EvaluationConfig,
  counts: z.object({
    questions: z.int(),
    answerable: z.int(),
    unanswerable: z.int(),
    skipped: z.int(),
    failed: z.int(),
  }),
  totals: Metrics,
  questions: z.array(EvaluatedQuestion),
});
export type EvaluationResult = z.infer<typeof EvaluationResult>;

/** One event of a streamed evaluation. The last is a result or an error. */
export const EvaluationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int(), total: z.int() }),
  z.object({ type: z.literal('result'), result: EvaluationResult }),
  z.object({ type: z.literal('error'), error: z.object({ message: z.string(), code: z.nullish(z.string()) }) }),
]);
export type EvaluationEvent = z.infer<typeof EvaluationEvent>;
