import { filledListOf, filledText, text } from '../bounds.ts';
import * as z from '../zod.ts';

/** POST /v1/embeddings, as OpenAI has it. Vectors have the model's own dimensions and unit length. */
export const EmbeddingsRequest = z.object({
  model: filledText(256),
  input: z.union([filledText(100_000), filledListOf(filledText(100_000), 256)]),
  encoding_format: z.nullish(z.enum(['float', 'base64'])),
  user: z.optional(text(256)),
});
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;

export const EmbeddingsResponse = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      /** Numbers, or with `base64` little-endian 32-bit floats. */
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});
export type EmbeddingsResponse = z.infer<typeof EmbeddingsResponse>;
