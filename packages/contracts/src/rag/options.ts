import { filledListOf, filledText, listOf, text, whole } from '../bounds.ts';
import * as z from '../zod.ts';

const scalar = z.union([text(1_024), z.number(), z.boolean()]);

/** Metadata that must be equal; a list means any of its values. */
export const MetadataFilter = z
  .record(filledText(128), z.union([scalar, filledListOf(scalar, 64)]))
  .check(z.refine((filter) => Object.keys(filter).length <= 16, 'Filter by at most 16 fields.'));

/** How passages are looked for. Every field is optional: without any it is the product's default. */
export const RagOptions = z.strictObject({
  filter: z.optional(MetadataFilter),
  /** Passages found at most, before they are packed into the prompt. */
  limit: z.optional(whole(1, 100)),
  method: z.optional(z.enum(['hybrid', 'lexical', 'dense'])),
  rerank: z.optional(z.boolean()),
  /** Ids of passages that are left out of the prompt though they are found. */
  exclude: z.optional(listOf(filledText(256), 128)),
});
export type RagOptions = z.infer<typeof RagOptions>;
