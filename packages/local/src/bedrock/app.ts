import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { MAX_BODY_BYTES } from '../http/read-json.ts';
import { AccessKeys } from '../aws/access-keys.ts';
import { authorize } from '../aws/authorization.ts';
import { cognitoIdentity } from './cognito-identity.ts';
import { converse, converseStream } from './converse.ts';
import { countTokens } from './count-tokens.ts';
import { faultResponse } from './errors.ts';
import { applyGuardrail } from './guardrail/apply-route.ts';
import type { GuardrailDefinition } from './guardrail/guardrail-config.ts';
import { GuardrailDirectory } from './guardrail/guardrail-directory.ts';
import { invokeModel, invokeModelWithResponseStream } from './invoke.ts';
import { DEFAULT_EMBEDDING_ALIASES, ModelDirectory } from './model-directory.ts';
import { rerank } from './rerank.ts';
import type { BedrockServices } from './services.ts';

export interface BedrockAppOptions {
  engine: Engine;
  /** Absent: embedding models are not found. */
  embedding?: EmbeddingEngine;
  /** Model ids served beside the engine's own. @default a few Llama ids */
  modelAliases?: readonly string[];
  /** The same for the embedding engine. @default Titan Text Embeddings V2 and Cohere Embed v3 */
  embeddingAliases?: readonly string[];
  /** @default one guardrail, `plinthlocal` */
  guardrails?: readonly GuardrailDefinition[];
  /** Access key ids that are let in. @default any */
  accessKeyIds?: readonly string[];
  now?: () => number;
}

/** The Bedrock runtime's HTTP protocol, and Rerank of its agent runtime, over the local engines: point the AWS SDK's `endpoint` at it and change nothing else. */
export function createBedrockApp(options: BedrockAppOptions): Hono {
  const {
    engine,
    embedding,
    modelAliases,
    embeddingAliases,
    guardrails,
    accessKeyIds,
    now = () => performance.now(),
  } = options;
  const services: BedrockServices = {
    engine,
    models: new ModelDirectory(engine.model.id, modelAliases),
    embedding: embedding && {
      engine: embedding,
      models: new ModelDirectory(embedding.model.id, embeddingAliases ?? DEFAULT_EMBEDDING_ALIASES),
    },
    guardrails: new GuardrailDirectory(guardrails),
    now,
  };
  const keys = new AccessKeys(accessKeyIds);
  const app = new Hono();
  app.onError((error) => faultResponse(PlatformError.from(error), randomUUID()));
  app.notFound((c) => faultResponse(unknownOperation(c.req.method, c.req.path), randomUUID()));
  app.use(loopbackCors);
  app.get('/health', (c) => c.json({ status: 'ok', model: engine.model.id, ...engine.load() }));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.post('/', (c) => cognitoIdentity(c, keys));
  app.use(async (c, next) => {
    authorize(c.req.raw.headers, 'bedrock', keys);
    c.header('x-amzn-requestid', randomUUID());
    await next();
  });

  app.post('/model/:modelId/converse', (c) => converse(c, services));
  app.post('/model/:modelId/converse-stream', (c) => converseStream(c, services));
  app.post('/model/:modelId/invoke', (c) => invokeModel(c, services));
  app.post('/model/:modelId/invoke-with-response-stream', (c) => invokeModelWithResponseStream(c, services));
  app.post('/model/:modelId/count-tokens', (c) => countTokens(c, services));
  app.post('/rerank', (c) => rerank(c, services));
  app.post('/guardrail/:guardrailId/version/:version/apply', (c) => applyGuardrail(c, services.guardrails));
  return app;
}

/** Pages served from this machine may call; pages from anywhere else may not. */
const loopbackCors = cors({
  origin: (origin) => (/^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(origin) ? origin : null),
  allowMethods: ['POST', 'GET', 'OPTIONS'],
  exposeHeaders: ['x-amzn-requestid', 'x-amzn-errortype', 'x-amzn-bedrock-content-type'],
  maxAge: 600,
});

function unknownOperation(method: string, path: string): PlatformError {
  return new PlatformError('not_found', `${method} ${path} is not an operation this server has.`);
}

function tooLarge(): never {
  throw new PlatformError('request_too_large', `The body is over ${MAX_BODY_BYTES} bytes; send less.`);
}
