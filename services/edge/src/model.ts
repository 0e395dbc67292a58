import { setTimeout } from 'node:timers/promises';
import { EdgeModelEnvironment, parseEnvironment, PlatformError } from '@plinth/contracts';
import { readModelFiles, type ModelFile } from '@plinth/edge/model-files';
import { startModelServer } from '@plinth/local/model-server';

/** How often it is looked whether a bundle has brought other weights, milliseconds. */
const LOOK_MS = 1_000;

/**
 * A small model on CPUs beside the gateway, on the loopback address. It serves what the active bundle names and follows it to the next. Until there is
 * any, and while weights are loaded, it says that it is not ready.
 */
export async function runModel(variables: Record<string, string | undefined>, signal: AbortSignal): Promise<void> {
  const environment = parseEnvironment(EdgeModelEnvironment, variables);
  const { PLINTH_MODELS_DIR: folder, PLINTH_MODEL: modelId } = environment;
  const server = await startModelServer({ host: '127.0.0.1', port: environment.PLINTH_PORT });
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  say({ event: 'ready', url: server.url });
  let served: string | undefined;
  while (!signal.aborted) {
    try {
      const weights = await ggufOf(folder, modelId);
      if (weights !== undefined && weights.sha256 !== served) {
        served = undefined;
        const {
          PLINTH_CONTEXT_TOKENS: contextTokens,
          PLINTH_SEQUENCES: sequences,
          PLINTH_THREADS: threads,
        } = environment;
        await server.serve({ ...weights, modelId, contextTokens, sequences, threads }, signal);
        served = weights.sha256;
        say({ event: 'serving', weights: served });
      }
    } catch (error) {
      if (signal.aborted) break;
      const { code, message } = PlatformError.from(error);
      say({ event: 'failed', code, message });
    }
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  await server.close();
}

/** A model of llama.cpp is one file. */
async function ggufOf(folder: string, name: string): Promise<ModelFile | undefined> {
  const files = await readModelFiles(folder, name);
  if (files === undefined) return undefined;
  const found = files.find((file) => file.name.endsWith('.gguf'));
  if (found === undefined)
    throw new PlatformError('configuration', `The bundle names no .gguf file of "${name}". Publish one that does.`);
  return found;
}
