import { fileURLToPath } from 'node:url';
import { createBedrockApp, type BedrockAppOptions } from './bedrock/app.ts';
import type { EmbeddingEngine } from './embedding/embedding-engine.ts';
import { listen, type Listening } from './http/listen.ts';
import { loadEngines, type EngineOptions } from './load-engines.ts';
import { EmbeddingMetrics, meteredEmbeddings } from './metrics/embedding-metrics.ts';
import { meteredEngine } from './metrics/metered-engine.ts';
import { ModelMetrics } from './metrics/model-metrics.ts';
import { createOpenAIApp } from './openai/app.ts';
import { createSageMakerApp, type SageMakerAppOptions } from './sagemaker/app.ts';

export interface LocalOptions
  extends
    Partial<EngineOptions>,
    Omit<BedrockAppOptions, 'engine' | 'embedding' | 'now'>,
    Pick<SageMakerAppOptions, 'chatEndpoints' | 'embeddingEndpoints'> {
  /** @default 127.0.0.1 */
  host?: string;
  /** @default 0, any free port */
  openaiPort?: number;
  /** @default 0, any free port */
  bedrockPort?: number;
  /** @default 0, any free port */
  sagemakerPort?: number;
}

export interface RunningLocal {
  /** Without `/v1`. */
  openaiUrl: string;
  bedrockUrl: string;
  sagemakerUrl: string;
  modelId: string;
  embeddingModelId: string | undefined;
  /** Why there is no embedding model although one was wanted. */
  embeddingProblem: string | undefined;
  /** Milliseconds the models took to load, fetching not counted. */
  loadMs: number;
  /** Lets running requests finish for up to `graceMs` (default 0), then ends everything. */
  close(graceMs?: number): Promise<void>;
}

export const DEFAULT_CACHE_DIR = fileURLToPath(new URL('../../../.plinth/models', import.meta.url));

/** Starts the model server, the Bedrock and the SageMaker runtime in this process, fetching the weights when need be. */
export async function startLocal(options: LocalOptions = {}): Promise<RunningLocal> {
  const { host = '127.0.0.1', openaiPort = 0, bedrockPort = 0, sagemakerPort = 0 } = options;
  const loaded = await loadEngines({ ...options, cacheDir: options.cacheDir ?? DEFAULT_CACHE_DIR });
  const metrics = new ModelMetrics(loaded.chat);
  const engine = meteredEngine(loaded.chat, metrics);
  const embedding = loaded.embedding && metered(loaded.embedding);
  const openaiApp = createOpenAIApp({ engine, metrics, embedding });
  const bedrockApp = createBedrockApp({ ...options, engine, embedding: embedding?.engine });
  const sagemakerApp = createSageMakerApp({ ...options, engine, embedding: embedding?.engine });
  const servers: Listening[] = [];
  const close = async (graceMs = 0): Promise<void> => {
    await Promise.all(servers.map((server) => server.close(graceMs)));
    await loaded.close();
  };
  const serve = async (app: { fetch: typeof openaiApp.fetch }, port: number): Promise<string> => {
    const server = await listen((request) => app.fetch(request), { host, port });
    servers.push(server);
    return server.url;
  };
  try {
    return {
      openaiUrl: await serve(openaiApp, openaiPort),
      bedrockUrl: await serve(bedrockApp, bedrockPort),
      sagemakerUrl: await serve(sagemakerApp, sagemakerPort),
      modelId: loaded.chat.model.id,
      embeddingModelId: loaded.embedding?.model.id,
      embeddingProblem: loaded.embeddingProblem,
      loadMs: loaded.loadMs,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function metered(loaded: EmbeddingEngine): { engine: EmbeddingEngine; metrics: EmbeddingMetrics } {
  const metrics = new EmbeddingMetrics(loaded);
  return { engine: meteredEmbeddings(loaded, metrics), metrics };
}
