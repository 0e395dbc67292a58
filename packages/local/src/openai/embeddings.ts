import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';
import { readJson } from '../http/read-json.ts';
import { requestAbort } from '../http/stream-response.ts';

/** Most texts of one request, as OpenAI has it. */
export const MAX_INPUTS = 2_048;

const text = z.string().min(1, 'must not be empty; leave the text out');

/** OpenAI's embeddings request. Token arrays are read, so that they can be refused in words. */
export const LocalEmbeddingRequest = z.object({
  model: z.string().min(1).max(256),
  input: z.union(
    [
      text,
      z
        .array(z.union([text, z.array(z.int())]))
        .min(1)
        .max(MAX_INPUTS),
      z.array(z.int()).min(1),
    ],
    `is a text that is not empty, or an array of 1 to ${MAX_INPUTS} such texts.`,
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().max(256).nullish(),
});
export type LocalEmbeddingRequest = z.infer<typeof LocalEmbeddingRequest>;

/** POST /v1/embeddings. */
export async function embeddings(c: Context, engine: EmbeddingEngine | undefined): Promise<Response> {
  const request = await readJson(c, LocalEmbeddingRequest);
  return c.json(await embed(served(engine, request.model), request, requestAbort(c.req.raw).signal));
}

/** The answer to a request, in OpenAI's shape; `usage.truncated_inputs` is ours: how many texts were longer than the model reads. */
export async function embed(
  engine: EmbeddingEngine,
  request: LocalEmbeddingRequest,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const texts = textsOf(request.input);
  const { id, dimensions } = engine.model;
  if (request.dimensions !== undefined && request.dimensions !== null && request.dimensions !== dimensions)
    throw new PlatformError(
      'unsupported_feature',
      `The vectors of ${id} have ${dimensions} dimensions and cannot be shortened; leave dimensions out.`,
      { param: 'dimensions' },
    );
  const { vectors, tokens, truncated } = await engine.embed(texts, signal);
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: request.encoding_format === 'base64' ? toBase64(vector) : Array.from(vector),
    })),
    model: request.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens, truncated_inputs: truncated },
  };
}

/** Throws `model_not_found` when this server embeds with another model, or with none. */
function served(engine: EmbeddingEngine | undefined, model: string): EmbeddingEngine {
  if (engine?.model.id === model) return engine;
  const have =
    engine === undefined ? 'this server has no embedding model' : `this server embeds with ${engine.model.id}`;
  throw new PlatformError('model_not_found', `The model ${model} does not embed here; ${have}.`, { param: 'model' });
}

function textsOf(input: LocalEmbeddingRequest['input']): string[] {
  const list = typeof input === 'string' ? [input] : input;
  return list.map((item) => {
    if (typeof item === 'string') return item;
    throw new PlatformError(
      'unsupported_feature',
      'Token arrays are not taken, since their ids mean something to one model only; send text.',
      { param: 'input' },
    );
  });
}

/** Little-endian 32-bit floats, as OpenAI sends them. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
