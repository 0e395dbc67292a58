import { basename, extname } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine } from './embedding/embedding-engine.ts';
import { OnnxEmbeddingEngine } from './embedding/onnx-embedding-engine.ts';
import type { Engine } from './engine/engine.ts';
import { LlamaEngine, type LlamaEngineOptions } from './engine/llama-engine.ts';
import { locateWeights, type LocatedWeights } from './weights/locate-weights.ts';
import { MINILM_L6_INT8 } from './weights/manifest.ts';
import type { WeightsProgress } from './weights/source.ts';

type ChatSettings = Pick<
  LlamaEngineOptions,
  'sequences' | 'contextTokens' | 'maxWaiting' | 'maxWaitMs' | 'maxRunMs' | 'threads' | 'gpu'
>;

export interface EngineOptions extends ChatSettings {
  /** A loaded engine to serve in place of weights; closing closes it too. */
  engine?: Engine;
  /** The same for embeddings. */
  embeddingEngine?: EmbeddingEngine;
  /** False loads no embedding model; `auto` goes without one when its weights cannot be had. @default true, but false beside an `engine` that was brought */
  embeddings?: boolean | 'auto';
  /** A GGUF file of one's own. */
  modelPath?: string;
  /** @default the known model's id, or the file's name */
  modelId?: string;
  /** A sentence-transformers model of one's own, in ONNX form. */
  embeddingModelPath?: string;
  /** @default the known model's id, or the file's name */
  embeddingModelId?: string;
  /** Most texts waiting to be embedded. @default 8192 */
  maxWaitingTexts?: number;
  /** Folder that keeps fetched weights. @default .plinth/models at the top of the workspace */
  cacheDir: string;
  onProgress?: (progress: WeightsProgress) => void;
  /** Gives up fetching and loading. */
  signal?: AbortSignal;
}

export interface LoadedEngines {
  chat: Engine;
  embedding: EmbeddingEngine | undefined;
  /** Why there is no embedding model although one was wanted. */
  embeddingProblem: string | undefined;
  /** Milliseconds, fetching not counted. */
  loadMs: number;
  close(): Promise<void>;
}

/** The models that are served. All weights are fetched before the first is loaded. */
export async function loadEngines(options: EngineOptions): Promise<LoadedEngines> {
  const { engine, embeddingEngine, embeddings = engine === undefined } = options;
  const loadChat = engine ? () => engine : chatLoader(options, await locateWeights(options));
  const { load: loadEmbedding, problem } =
    embeddingEngine || embeddings === false
      ? { load: () => embeddingEngine, problem: undefined }
      : await embeddingLoader(options, embeddings === 'auto');
  const startedAt = performance.now();
  const chat = await loadChat();
  try {
    const embedding = await loadEmbedding();
    return {
      chat,
      embedding,
      embeddingProblem: problem,
      loadMs: Math.round(performance.now() - startedAt),
      close: async () => void (await Promise.all([chat.close(), embedding?.close()])),
    };
  } catch (error) {
    await chat.close();
    throw error;
  }
}

function chatLoader(options: EngineOptions, weights: LocatedWeights): () => Promise<Engine> {
  return () =>
    LlamaEngine.load({
      ...options,
      path: weights.path,
      modelId: options.modelId ?? modelIdOf(weights),
      samplingDefaults: weights.model?.sampling,
    });
}

async function embeddingLoader(
  options: EngineOptions,
  mayBeMissing: boolean,
): Promise<{ load: () => Promise<EmbeddingEngine | undefined>; problem: string | undefined }> {
  try {
    const weights = await locateWeights({ ...options, model: MINILM_L6_INT8, modelPath: options.embeddingModelPath });
    const load = () =>
      OnnxEmbeddingEngine.load({
        path: weights.path,
        modelId: options.embeddingModelId ?? modelIdOf(weights),
        maxWaiting: options.maxWaitingTexts,
        signal: options.signal,
      });
    return { load, problem: undefined };
  } catch (error) {
    // A file that was named must be the one that is served.
    if (!mayBeMissing || options.embeddingModelPath !== undefined || !(error instanceof PlatformError)) throw error;
    return { load: () => Promise.resolve(undefined), problem: error.message };
  }
}

function modelIdOf({ path, model }: LocatedWeights): string {
  return model?.id ?? basename(path, extname(path)).toLowerCase();
}
