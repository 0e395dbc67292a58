import { text } from '../bounds.ts';
import * as z from '../zod.ts';
import { FoundPassage } from './search.ts';

/** What became of a passage that was found. */
export const PassageFate = z.enum(['packed', 'over budget', 'duplicate', 'blocked', 'below rank', 'excluded']);
export type PassageFate = z.infer<typeof PassageFate>;

/** One passage of an explanation. `withheld` where its reader may no longer read it, or it is gone: then nothing of it is shown but its scores. */
const ExplainedPassage = z.object({
  ...z.partial(z.pick(FoundPassage, { document_id: true, version: true, title: true, url: true, heading_path: true }))
    .shape,
  ...z.partial(z.pick(FoundPassage, { pages: true, start: true, end: true, text: true })).shape,
  ...z.pick(FoundPassage, { passage_id: true, lexical: true, dense: true, fused: true, rerank: true }).shape,
  fate: PassageFate,
  withheld: z.boolean(),
  /** Sentences of the answer that cite it. */
  cited: z.int(),
});

/** One sentence of the answer: UTF-16 offsets into it, and what bears it out. */
const ExplainedSentence = z.object({
  text: z.string(),
  start_index: z.int(),
  end_index: z.int(),
  /** False also for a sentence that claims nothing, which `claim` tells apart. */
  supported: z.boolean(),
  claim: z.boolean(),
  /** 0 to 1. */
  score: z.number(),
  /** Share of its content words found in the span that bears it out, 0 to 1. */
  words: z.number(),
  /** Cosine of sentence and span; absent where words alone decided. */
  cosine: z.optional(z.number()),
  passage_id: z.optional(z.string()),
  /** Why it is not supported: a number, name or negation that the passages do not have. */
  reason: z.optional(z.enum(['words', 'number', 'name', 'negation'])),
});

/** What an answer loses without one passage. Losses are 0 to 1, against an answer written again with all of them. */
const Attribution = z.object({
  passage_id: z.string(),
  /** Loss of likeness to the answer given. */
  similarity_loss: z.number(),
  /** Loss of the answer's support. */
  support_loss: z.number(),
});

/** GET /v1/answers/{id}/explanation. */
export const AnswerExplanation = z.object({
  id: z.string(),
  object: z.literal('answer.explanation'),
  created: z.int(),
  question: z.string(),
  query: z.string(),
  answer: z.string(),
  policy: z.enum(['mark', 'abstain']),
  groundedness: z.optional(z.number()),
  abstained: z.boolean(),
  models: z.object({
    generator: z.string(),
    embedding: z.optional(z.string()),
    reranker: z.optional(z.string()),
    guardrail: z.optional(z.string()),
  }),
  passages: z.array(ExplainedPassage),
  sentences: z.array(ExplainedSentence),
  attribution: z.optional(z.array(Attribution)),
});
export type AnswerExplanation = z.infer<typeof AnswerExplanation>;

/** POST /v1/answers/{id}/feedback; a second one of the same person replaces the first. */
export const FeedbackRequest = z.object({ rating: z.enum(['up', 'down']), comment: z.optional(text(4_096)) });
export type FeedbackRequest = z.infer<typeof FeedbackRequest>;
