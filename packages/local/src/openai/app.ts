import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PlatformError, toOpenAIError, type ModelList } from '@plinth/contracts';
import type { Engine } from '../engine/engine.ts';
import { MAX_BODY_BYTES } from '../http/read-json.ts';
import type { ModelMetrics } from '../metrics/model-metrics.ts';
import { chatCompletions } from './chat-completions.ts';
import { tokenize } from './tokenize.ts';

export interface OpenAIAppOptions {
  engine: Engine;
  metrics: ModelMetrics;
}

/** The OpenAI-compatible model server: what vLLM serves, over the local engine. */
export function createOpenAIApp({ engine, metrics }: OpenAIAppOptions): Hono {
  const app = new Hono();
  const startedAt = Math.floor(Date.now() / 1_000);
  app.onError((error, c) => errorResponse(c, PlatformError.from(error)));
  app.notFound((c) =>
    errorResponse(c, new PlatformError('not_found', `There is no ${c.req.method} ${c.req.path} here.`)),
  );
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.on('POST', ['/v1/chat/completions', '/tokenize'], async (c, next) => {
    requireJson(c);
    await next();
  });

  app.post('/v1/chat/completions', (c) => chatCompletions(c, engine));
  app.post('/tokenize', (c) => tokenize(c, engine));
  app.get('/v1/models', (c) => c.json(modelList(engine, startedAt)));
  app.get('/health', (c) => c.json({ status: 'ok', model: engine.model.id, ...engine.load() }));
  app.get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  return app;
}

/** A web page may send text to any local port without being asked; it may not send JSON. So nothing but JSON is taken. */
function requireJson(c: Context): void {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new PlatformError('invalid_request', 'Send the body with content-type: application/json.');
  }
}

function modelList(engine: Engine, created: number): ModelList {
  const { id, contextTokens } = engine.model;
  return {
    object: 'list',
    data: [{ id, object: 'model', created, owned_by: 'plinth', context_length: contextTokens }],
  };
}

function tooLarge(): never {
  throw new PlatformError('request_too_large', `The body is over ${MAX_BODY_BYTES} bytes; send less.`);
}

function errorResponse(c: Context, error: PlatformError): Response {
  if (error.retryAfterSeconds !== undefined) c.header('retry-after', String(error.retryAfterSeconds));
  return c.json(toOpenAIError(error, randomUUID()), error.status as 400);
}
