import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PlatformError, toOpenAIError, type ModelList } from '@plinth/contracts';
import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { MAX_BODY_BYTES } from '../http/read-json.ts';
import type { EmbeddingMetrics } from '../metrics/embedding-metrics.ts';
import type { ModelMetrics } from '../metrics/model-metrics.ts';
import { chatCompletions } from './chat-completions.ts';
import { embeddings } from './embeddings.ts';
import { tokenize } from './tokenize.ts';

export interface OpenAIAppOptions {
  engine: Engine;
  metrics: ModelMetrics;
  /** Absent: /v1/embeddings says that there is none. */
  embedding?: { engine: EmbeddingEngine; metrics: EmbeddingMetrics };
  /** Longest request body taken. @default 4 MiB */
  maxBodyBytes?: number;
}

/** The OpenAI-compatible model server: what vLLM serves, over the local engines. */
export function createOpenAIApp(options: OpenAIAppOptions): Hono {
  const { engine, metrics, embedding, maxBodyBytes = MAX_BODY_BYTES } = options;
  const app = new Hono();
  const startedAt = Math.floor(Date.now() / 1_000);
  app.onError((error, c) => errorResponse(c, PlatformError.from(error)));
  app.notFound((c) =>
    errorResponse(c, new PlatformError('not_found', `There is no ${c.req.method} ${c.req.path} here.`)),
  );
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: () => tooLarge(maxBodyBytes) }));
  app.on('POST', ['/v1/chat/completions', '/v1/embeddings', '/tokenize'], async (c, next) => {
    requireJson(c);
    await next();
  });

  app.post('/v1/chat/completions', (c) => chatCompletions(c, engine));
  app.post('/v1/embeddings', (c) => embeddings(c, embedding?.engine));
  app.post('/tokenize', (c) => tokenize(c, engine));
  app.get('/v1/models', (c) => c.json(modelList(engine, embedding?.engine, startedAt)));
  app.get('/health', (c) => c.json({ status: 'ok', model: engine.model.id, ...engine.load() }));
  app.get('/metrics', async (c) => {
    const texts = await Promise.all([metrics.text(), embedding?.metrics.text() ?? '']);
    return c.text(texts.join(''), 200, { 'content-type': metrics.contentType });
  });
  return app;
}

/** A web page may send text to any local port without being asked; it may not send JSON. So nothing but JSON is taken. */
function requireJson(c: Context): void {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new PlatformError('invalid_request', 'Send the body with content-type: application/json.');
  }
}

function modelList(engine: Engine, embedding: EmbeddingEngine | undefined, created: number): ModelList {
  const entry = (id: string, contextTokens: number) => ({
    id,
    object: 'model' as const,
    created,
    owned_by: 'plinth',
    context_length: contextTokens,
  });
  const chat = entry(engine.model.id, engine.model.contextTokens);
  const embeds = embedding === undefined ? [] : [entry(embedding.model.id, embedding.model.maxTokens)];
  return { object: 'list', data: [chat, ...embeds] };
}

function tooLarge(maxBytes: number): never {
  throw new PlatformError('request_too_large', `The body is over ${maxBytes} bytes; send less.`);
}

function errorResponse(c: Context, error: PlatformError): Response {
  if (error.retryAfterSeconds !== undefined) c.header('retry-after', String(error.retryAfterSeconds));
  return c.json(toOpenAIError(error, randomUUID()), error.status as 400);
}
