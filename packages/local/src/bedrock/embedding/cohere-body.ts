import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { check } from '../../http/read-json.ts';
import type { NativeEmbeddingBody } from './invoke-embedding.ts';
import { toInt8, toPackedBits } from './quantise.ts';

/** Cohere Embed v3: 96 texts at most, of 2,048 characters. */
const CohereRequest = z.object({
  texts: z.array(z.string().min(1).max(2_048)).min(1).max(96),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  embedding_types: z
    .array(z.enum(['float', 'int8', 'uint8', 'binary', 'ubinary']))
    .min(1)
    .max(5)
    .nullish(),
  truncate: z.enum(['NONE', 'START', 'END', 'LEFT', 'RIGHT']).nullish(),
});

type EmbeddingType = NonNullable<z.infer<typeof CohereRequest>['embedding_types']>[number];

const ENCODERS: Record<EmbeddingType, (vector: Float32Array) => number[]> = {
  float: (vector) => Array.from(vector),
  int8: (vector) => toInt8(vector),
  uint8: (vector) => toInt8(vector).map((value) => value + 128),
  binary: (vector) => toPackedBits(vector).map((byte) => byte - 128),
  ubinary: (vector) => toPackedBits(vector),
};

/**
 * Cohere's body. The local model makes no difference between documents and queries. Long texts are cut at their end, also for `START`;
 * `NONE`, the default, refuses them, as Cohere does.
 */
export const cohereBody: NativeEmbeddingBody = {
  field: 'texts',
  read(body) {
    const { texts, embedding_types: types, truncate } = check(CohereRequest, body);
    return {
      texts,
      refuseLong: (truncate ?? 'NONE') === 'NONE',
      answer(vectors) {
        const encode = (type: EmbeddingType) => vectors.map(ENCODERS[type]);
        return {
          id: randomUUID(),
          texts,
          ...(types
            ? {
                response_type: 'embeddings_by_type',
                embeddings: Object.fromEntries(types.map((type) => [type, encode(type)])),
              }
            : { response_type: 'embeddings_floats', embeddings: encode('float') }),
        };
      },
    };
  },
};
