import { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';
import { EmbeddingMetrics } from '../metrics/embedding-metrics.ts';
import { ModelMetrics } from '../metrics/model-metrics.ts';
import type { Engine } from '../engine/engine.ts';
import { createOpenAIApp } from '../openai/app.ts';

/** Largest body of an invocation, bytes, as SageMaker's. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

export const DEFAULT_CHAT_ENDPOINTS: readonly string[] = ['plinth-chat'];
export const DEFAULT_EMBEDDING_ENDPOINTS: readonly string[] = ['plinth-embeddings'];

/** The container behind an endpoint: bytes in, its own HTTP answer out. */
export type Container = (body: Uint8Array<ArrayBuffer>, contentType: string, signal: AbortSignal) => Promise<Response>;

export interface EndpointOptions {
  engine: Engine;
  /** Absent: there are no embedding endpoints. */
  embedding?: EmbeddingEngine;
  /** Names of endpoints that the chat model answers on. @default plinth-chat */
  chatEndpoints?: readonly string[];
  /** The same for the embedding model. @default plinth-embeddings */
  embeddingEndpoints?: readonly string[];
}

/** The endpoints of this account. Their containers speak OpenAI's bodies, as those of vLLM and LMI do; any `model` names the one they hold. */
export class EndpointDirectory {
  readonly #containers = new Map<string, Container>();

  constructor(options: EndpointOptions) {
    const { engine, embedding, chatEndpoints, embeddingEndpoints } = options;
    const app = createOpenAIApp({
      engine,
      metrics: new ModelMetrics(engine),
      embedding: embedding && { engine: embedding, metrics: new EmbeddingMetrics(embedding) },
      maxBodyBytes: MAX_PAYLOAD_BYTES,
    });
    const container =
      (path: string, modelId: string): Container =>
      async (body, contentType, signal) =>
        app.fetch(
          new Request(`http://container${path}`, {
            method: 'POST',
            headers: { 'content-type': contentType },
            body: withModel(body, modelId),
            signal,
          }),
        );
    for (const name of chatEndpoints ?? DEFAULT_CHAT_ENDPOINTS)
      this.#containers.set(name, container('/v1/chat/completions', engine.model.id));
    if (embedding === undefined) return;
    for (const name of embeddingEndpoints ?? DEFAULT_EMBEDDING_ENDPOINTS)
      this.#containers.set(name, container('/v1/embeddings', embedding.model.id));
  }

  /** Throws `invalid_request` (ValidationError), as SageMaker does for a name it does not know. */
  find(name: string): Container {
    const container = this.#containers.get(name);
    if (container !== undefined) return container;
    throw new PlatformError(
      'invalid_request',
      `Endpoint ${name} of account 000000000000 not found. Add it to PLINTH_SAGEMAKER_CHAT_ENDPOINTS or PLINTH_SAGEMAKER_EMBEDDING_ENDPOINTS to have a local model answer on it.`,
    );
  }
}

/** A container holds one model and takes any name for it, or none. What is no JSON object is the container's to refuse. */
function withModel(body: Uint8Array<ArrayBuffer>, model: string): Uint8Array<ArrayBuffer> | string {
  try {
    const request: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof request !== 'object' || request === null || Array.isArray(request)) return body;
    return JSON.stringify({ ...request, model });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return body;
    throw error;
  }
}
