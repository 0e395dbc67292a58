import { EmbeddingsRequest, PlatformError, type EmbeddingsResponse, type Identity } from '@plinth/contracts';
import { clientController, parseBody, type FrontApp, type FrontContext } from '@plinth/front';
import type { Embedder } from '@plinth/retrieval';
import { governed, type GovernedCallParts } from '../governed-call.ts';

export interface EmbeddingsRoutes extends GovernedCallParts {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly embedder: Embedder;
}

const BODY_BYTES = 4 * 1024 * 1024;
/** Bytes a token stands for, on average, in ordinary text: embedders do not say how many they read. */
const BYTES_PER_TOKEN = 3.5;

/** POST /v1/embeddings, as OpenAI has it: the model that the index is made with. */
export function addEmbeddings(app: FrontApp, routes: EmbeddingsRoutes): void {
  const { embedder, identify } = routes;
  app.post('/v1/embeddings', async (context) => {
    const { signal } = clientController(context);
    const identity = await identify(context);
    const request = await parseBody(context, EmbeddingsRequest, BODY_BYTES);
    if (request.model !== embedder.model)
      throw new PlatformError('model_not_found', `The embedding model here is "${embedder.model}".`, {
        param: 'model',
      });
    const texts = typeof request.input === 'string' ? [request.input] : request.input;
    const inputTokens = texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN), 0);
    const call = {
      requestId: context.get('requestId'),
      action: 'embeddings',
      identity,
      text: texts.join('\n'),
      amount: { inputTokens, outputTokens: 0, nanoUsd: 0 },
      signal,
    };
    // Vectors are of what was sent: the guard says whether they may be made, and changes nothing in them.
    const vectors = await governed(routes, call, () => embedder.embed(texts, 'document', { signal }));
    const response: EmbeddingsResponse = {
      object: 'list',
      model: embedder.model,
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: request.encoding_format === 'base64' ? base64(vector) : [...vector],
      })),
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    };
    return context.json(response);
  });
}

/** Little-endian, as every machine is that Node runs on. */
function base64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
