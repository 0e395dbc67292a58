import * as z from '../zod.ts';

/** GET /v1/models. */
export const ModelObject = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  /** Ours: longest prompt plus completion, tokens. */
  context_length: z.optional(z.int()),
});
export const ModelList = z.object({ object: z.literal('list'), data: z.array(ModelObject) });
export type ModelList = z.infer<typeof ModelList>;
