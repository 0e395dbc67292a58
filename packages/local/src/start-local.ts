import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBedrockApp, type BedrockAppOptions } from './bedrock/app.ts';
import type { Engine } from './engine/engine.ts';
import { LlamaEngine, type LlamaEngineOptions } from './engine/llama-engine.ts';
import { listen, type Listening } from './http/listen.ts';
import { meteredEngine } from './metrics/metered-engine.ts';
import { ModelMetrics } from './metrics/model-metrics.ts';
import { createOpenAIApp } from './openai/app.ts';
import { locateWeights, type LocatedWeights } from './weights/locate-weights.ts';
import type { WeightsProgress } from './weights/source.ts';

type EngineSettings = Pick<
  LlamaEngineOptions,
  'sequences' | 'contextTokens' | 'maxWaiting' | 'maxWaitMs' | 'maxRunMs' | 'threads' | 'gpu'
>;

export interface LocalOptions extends EngineSettings, Omit<BedrockAppOptions, 'engine' | 'now'> {
  /** A loaded engine to serve in place of weights; `close()` closes it too. */
  engine?: Engine;
  /** @default 127.0.0.1 */
  host?: string;
  /** @default 0, any free port */
  openaiPort?: number;
  /** @default 0, any free port */
  bedrockPort?: number;
  /** A GGUF file of one's own. */
  modelPath?: string;
  /** @default the known model's id, or the file's name */
  modelId?: string;
  /** Folder that keeps fetched weights. @default .plinth/models at the top of the workspace */
  cacheDir?: string;
  onProgress?: (progress: WeightsProgress) => void;
  /** Gives up fetching and loading. */
  signal?: AbortSignal;
}

export interface RunningLocal {
  /** Without `/v1`. */
  openaiUrl: string;
  bedrockUrl: string;
  modelId: string;
  /** Milliseconds the model took to load, fetching not counted. */
  loadMs: number;
  /** Lets running requests finish for up to `graceMs` (default 0), then ends everything. */
  close(graceMs?: number): Promise<void>;
}

export const DEFAULT_CACHE_DIR = fileURLToPath(new URL('../../../.plinth/models', import.meta.url));

/** Starts the model server and the Bedrock runtime in this process, fetching the weights when need be. */
export async function startLocal(options: LocalOptions = {}): Promise<RunningLocal> {
  const { host = '127.0.0.1', openaiPort = 0, bedrockPort = 0 } = options;
  const { engine: loaded, loadMs } = options.engine ? { engine: options.engine, loadMs: 0 } : await load(options);
  const metrics = new ModelMetrics(loaded);
  const engine = meteredEngine(loaded, metrics);
  const openaiApp = createOpenAIApp({ engine, metrics });
  const bedrockApp = createBedrockApp({ ...options, engine });
  const servers: Listening[] = [];
  const close = async (graceMs = 0): Promise<void> => {
    await Promise.all(servers.map((server) => server.close(graceMs)));
    await loaded.close();
  };
  try {
    const openai = await listen(openaiApp.fetch, { host, port: openaiPort });
    servers.push(openai);
    const bedrock = await listen(bedrockApp.fetch, { host, port: bedrockPort });
    servers.push(bedrock);
    return { openaiUrl: openai.url, bedrockUrl: bedrock.url, modelId: loaded.model.id, loadMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function load(options: LocalOptions): Promise<{ engine: Engine; loadMs: number }> {
  const weights = await locateWeights({ ...options, cacheDir: options.cacheDir ?? DEFAULT_CACHE_DIR });
  const startedAt = performance.now();
  const engine = await LlamaEngine.load({
    ...options,
    path: weights.path,
    modelId: options.modelId ?? modelIdOf(weights),
    samplingDefaults: weights.model?.sampling,
  });
  return { engine, loadMs: Math.round(performance.now() - startedAt) };
}

function modelIdOf({ path, model }: LocatedWeights): string {
  return model?.id ?? basename(path, '.gguf').toLowerCase();
}
