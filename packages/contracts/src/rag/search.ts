import { filledText, whole } from '../bounds.ts';
import * as z from '../zod.ts';
import { MetadataFilter } from './options.ts';

/** POST /v1/search. */
export const SearchRequest = z.object({
  query: filledText(8_192),
  limit: z._default(whole(1, 100), 10),
  method: z.optional(z.enum(['hybrid', 'lexical', 'dense'])),
  rerank: z.optional(z.boolean()),
  filter: z.optional(MetadataFilter),
});
export type SearchRequest = z.infer<typeof SearchRequest>;

const Placing = z.object({ rank: z.int(), score: z.number() });

/** A passage as it was found. `start` and `end` are UTF-16 offsets into the canonical text of the document's version. */
export const FoundPassage = z.object({
  passage_id: z.string(),
  document_id: z.string(),
  version: z.int(),
  title: z.string(),
  url: z.string(),
  heading_path: z.array(z.string()),
  pages: z.optional(z.object({ first: z.int(), last: z.int() })),
  start: z.int(),
  end: z.int(),
  text: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  lexical: z.optional(Placing),
  dense: z.optional(Placing),
  fused: Placing,
  rerank: z.optional(Placing),
});
export type FoundPassage = z.infer<typeof FoundPassage>;

export const SearchResult = z.object({
  object: z.literal('list'),
  data: z.array(FoundPassage),
  /** The embedding model and, where one judged, the reranker. */
  models: z.object({ embedding: z.optional(z.string()), reranker: z.optional(z.string()) }),
});
export type SearchResult = z.infer<typeof SearchResult>;
