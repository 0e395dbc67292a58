import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import { check } from '../../http/read-json.ts';
import { toBinary } from './quantise.ts';
import type { NativeEmbeddingBody } from './invoke-embedding.ts';

/** Amazon Titan Text Embeddings V2: 50,000 characters at most. */
const TitanRequest = z.object({
  inputText: z.string().min(1).max(50_000),
  dimensions: z.int().min(1).nullish(),
  normalize: z.boolean().nullish(),
  embeddingTypes: z
    .array(z.enum(['float', 'binary']))
    .min(1)
    .max(2)
    .nullish(),
});

/** Titan's body. Vectors are of unit length whatever `normalize` says: the local model gives no others. */
export const titanBody: NativeEmbeddingBody = {
  field: 'inputText',
  read(body, dimensions) {
    const request = check(TitanRequest, body);
    if ((request.dimensions ?? dimensions) !== dimensions)
      throw new PlatformError(
        'invalid_request',
        `Malformed input request: the local model has ${dimensions} dimensions, not ${request.dimensions}. Leave dimensions out on a laptop.`,
        { param: 'dimensions' },
      );
    if (request.normalize === false)
      throw new PlatformError(
        'invalid_request',
        'Malformed input request: the local model gives vectors of unit length only; leave normalize out.',
        { param: 'normalize' },
      );
    const types = request.embeddingTypes ?? ['float'];
    return {
      texts: [request.inputText],
      refuseLong: false,
      answer([vector = new Float32Array()], tokens) {
        const byType = {
          ...(types.includes('float') && { float: Array.from(vector) }),
          ...(types.includes('binary') && { binary: toBinary(vector) }),
        };
        return {
          ...(types.includes('float') && { embedding: Array.from(vector) }),
          embeddingsByType: byType,
          inputTextTokenCount: tokens,
        };
      },
    };
  },
};
