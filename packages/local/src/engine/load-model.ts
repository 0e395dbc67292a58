import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { PlatformError } from '@plinth/contracts';

export interface LoadOptions {
  path: string;
  /** Requests that run at once. Memory grows with sequences x contextTokens. */
  sequences: number;
  /** Longest prompt plus completion of one request, tokens. A model trained on less has less. */
  contextTokens: number;
  /** CPU threads. @default one less than the cores, see below */
  threads?: number;
  /** `auto` uses a GPU build of llama.cpp where one is installed. @default CPU, except on Apple silicon, which ships Metal */
  gpu?: 'auto' | 'off';
  signal?: AbortSignal;
}

export interface LoadedModel {
  llama: Llama;
  model: LlamaModel;
  context: LlamaContext;
}

/** Loads a GGUF file once. Throws `configuration` with what to do when the file or the machine does not allow it. */
export async function loadModel(options: LoadOptions): Promise<LoadedModel> {
  const threads = options.threads ?? defaultThreads();
  try {
    const llama = await getLlama({
      gpu: gpuType(options.gpu),
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
    });
    const model = await llama.loadModel({ modelPath: options.path, loadSignal: options.signal });
    const context = await model.createContext({
      sequences: options.sequences,
      contextSize: Math.min(options.contextTokens, model.trainContextSize),
      threads,
      createSignal: options.signal,
    });
    return { llama, model, context };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new PlatformError(
      'configuration',
      `The model ${options.path} could not be loaded: ${error instanceof Error ? error.message : String(error)}. ` +
        'Check that the file is a text model in GGUF form, and that memory is enough (fewer PLINTH_MODEL_SEQUENCES or PLINTH_MODEL_CONTEXT needs less).',
      { cause: error },
    );
  }
}

/** llama.cpp's threads wait for each other by spinning: with every core taken, one busy neighbour stalls all of them. One core stays free. */
function defaultThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}

function gpuType(gpu: LoadOptions['gpu']): 'auto' | 'metal' | false {
  if (gpu === 'auto') return 'auto';
  const appleSilicon = process.platform === 'darwin' && process.arch === 'arm64';
  return gpu === undefined && appleSilicon ? 'metal' : false;
}
