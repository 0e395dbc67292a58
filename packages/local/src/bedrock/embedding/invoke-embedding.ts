import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine } from '../../embedding/embedding-engine.ts';
import { check, parseJson } from '../../http/read-json.ts';
import { requestAbort } from '../../http/stream-response.ts';
import { cohereBody } from './cohere-body.ts';
import { titanBody } from './titan-body.ts';

/** A request of one model family, understood. */
export interface NativeEmbedding {
  texts: readonly string[];
  /** Refuses texts that the model would cut, by their number. */
  refuseLong: boolean;
  /** The answer in the family's own words. `tokens` counts all texts. */
  answer(vectors: readonly Float32Array[], tokens: number): Record<string, unknown>;
}

/** One model family's body of InvokeModel. To add a family, write one of these and put it in the list below. */
export interface NativeEmbeddingBody {
  /** The field that tells this family's bodies from the others'. */
  field: string;
  /** Throws `invalid_request`. `dimensions` are those of the local model, whatever the family's own has. */
  read(body: unknown, dimensions: number): NativeEmbedding;
}

const FAMILIES: readonly NativeEmbeddingBody[] = [titanBody, cohereBody];

/** POST /model/{modelId}/invoke for an embedding model. */
export async function invokeEmbedding(c: Context, engine: EmbeddingEngine): Promise<Response> {
  const fields = check(z.record(z.string(), z.unknown()), parseJson(new Uint8Array(await c.req.arrayBuffer())));
  const family = FAMILIES.find(({ field }) => field in fields);
  if (!family) {
    const known = FAMILIES.map(({ field }) => field).join(' or ');
    throw new PlatformError('invalid_request', `Malformed input request: required key [${known}] not found.`);
  }
  const { texts, refuseLong, answer } = family.read(fields, engine.model.dimensions);
  const { vectors, tokens, truncated } = await engine.embed(texts, requestAbort(c.req.raw).signal);
  if (refuseLong && truncated > 0)
    throw new PlatformError(
      'context_length_exceeded',
      `${truncated} of the texts have more than ${engine.model.maxTokens} tokens, too many for this model. Shorten them, or let them be truncated.`,
    );
  c.header('x-amzn-bedrock-input-token-count', String(tokens));
  return c.json(answer(vectors, tokens));
}
