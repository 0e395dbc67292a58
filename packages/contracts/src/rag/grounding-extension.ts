import * as z from '../zod.ts';

/** What is told of an answer from documents beside OpenAI's fields. */
export const GroundingExtension = z.object({
  /** For GET /v1/answers/{id}/explanation; absent where answers are not kept. */
  answer_id: z.optional(z.string()),
  /** Share of the answer's sentences that the passages bear out, 0 to 1; absent where no sentence claims anything. */
  groundedness: z.optional(z.number()),
  abstained: z.boolean(),
  /** What the question was looked for as, where a follow-up was made to stand alone. */
  query: z.optional(z.string()),
  passages: z.object({ found: z.int(), packed: z.int(), blocked: z.int() }),
  /** Sentences of the answer that no passage bears out: UTF-16 offsets into its text. */
  unsupported: z.array(z.object({ start_index: z.int(), end_index: z.int() })),
  /** Sentences taken out because no passage bears them out. */
  removed_sentences: z.int(),
});
export type GroundingExtension = z.infer<typeof GroundingExtension>;
