import { PlatformError, toOpenAIError } from '@plinth/contracts';
import { Hono } from 'hono';
import { LlamaEngine, type LlamaEngineOptions } from './engine/llama-engine.ts';
import { listen, type ListenOptions } from './http/listen.ts';
import { meteredEngine } from './metrics/metered-engine.ts';
import { ModelMetrics } from './metrics/model-metrics.ts';
import { createOpenAIApp } from './openai/app.ts';
import { sha256OfFile } from './weights/check-file.ts';
import { KNOWN_MODELS } from './weights/manifest.ts';

/** A model to serve: its weights must be these very ones. */
export interface ServedModel extends Pick<
  LlamaEngineOptions,
  'path' | 'modelId' | 'contextTokens' | 'sequences' | 'threads'
> {
  readonly sha256: string;
}

/** The chat model server alone, whose model may change while it listens. */
export interface ModelServer {
  readonly url: string;
  /** Serves a model in place of the one before, which is let go first: there is memory for one. @throws {PlatformError} */
  serve(model: ServedModel, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How long running answers may go on when the server is to stop, milliseconds. */
const DRAIN_MS = 10_000;

/** Listens before there is a model. `/live` answers always; `/health` says which weights are served, once there are any. */
export async function startModelServer(options: ListenOptions): Promise<ModelServer> {
  let served: { readonly engine: LlamaEngine; readonly sha256: string; readonly app: Hono } | undefined;
  const front = new Hono();
  front.get('/live', (c) => c.json({ status: 'ok' }));
  front.get('/health', (c) => {
    if (served === undefined) return notYet();
    const { engine, sha256 } = served;
    return c.json({ status: 'ok', model: engine.model.id, weights: [sha256], ...engine.load() });
  });
  front.all('*', (c) => (served === undefined ? notYet() : served.app.fetch(c.req.raw)));
  const listening = await listen((request) => front.fetch(request), options);

  return {
    url: listening.url,
    async serve({ sha256, ...model }, signal) {
      const found = await sha256OfFile(model.path, signal);
      if (found !== sha256)
        throw new PlatformError('configuration', `The weights of ${model.modelId} are damaged: fetch them again.`);
      const before = served;
      served = undefined;
      await before?.engine.close();
      const { sampling } = KNOWN_MODELS.find((known) => known.sha256 === sha256) ?? {};
      const engine = await LlamaEngine.load({ ...model, samplingDefaults: sampling, gpu: 'off', signal });
      const metrics = new ModelMetrics(engine);
      served = { engine, sha256, app: createOpenAIApp({ engine: meteredEngine(engine, metrics), metrics }) };
    },
    async close() {
      await listening.close(DRAIN_MS);
      await served?.engine.close();
    },
  };
}

function notYet(): Response {
  const error = new PlatformError('overloaded', 'The model is not loaded yet. Retry shortly.', {
    retryAfterSeconds: 5,
  });
  return Response.json(toOpenAIError(error), { status: error.status, headers: { 'retry-after': '5' } });
}
