import { parseEnvironment, PlatformError } from '@plinth/contracts';
import { LocalEnvironment } from './environment.ts';
import { watchParent } from './parent-watch.ts';
import { startLocal } from './start-local.ts';
import type { WeightsProgress } from './weights/source.ts';

/** How long running answers may go on after a stop was asked for, milliseconds. */
const DRAIN_MS = 10_000;

/** Entry point. Standard output carries one JSON object a line: `progress` while weights are fetched, then `ready`, or `failed`. */
async function main(stop: AbortController): Promise<void> {
  const env = parseEnvironment(LocalEnvironment, process.env);
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  if (env.PLINTH_EXIT_WITH_PARENT) watchParent(() => stop.abort());

  const local = await startLocal({
    host: env.PLINTH_MODEL_HOST,
    openaiPort: env.PLINTH_MODEL_PORT,
    bedrockPort: env.PLINTH_BEDROCK_PORT,
    sagemakerPort: env.PLINTH_SAGEMAKER_PORT,
    modelPath: env.PLINTH_MODEL_PATH,
    modelId: env.PLINTH_MODEL_ID,
    embeddings: env.PLINTH_EMBEDDINGS === 'auto' ? 'auto' : env.PLINTH_EMBEDDINGS === 'on',
    embeddingModelPath: env.PLINTH_EMBEDDING_MODEL_PATH,
    embeddingModelId: env.PLINTH_EMBEDDING_MODEL_ID,
    maxWaitingTexts: env.PLINTH_EMBEDDING_QUEUE,
    cacheDir: env.PLINTH_MODEL_CACHE,
    sequences: env.PLINTH_MODEL_SEQUENCES,
    contextTokens: env.PLINTH_MODEL_CONTEXT,
    maxWaiting: env.PLINTH_MODEL_QUEUE,
    threads: env.PLINTH_MODEL_THREADS,
    gpu: env.PLINTH_MODEL_GPU,
    modelAliases: env.PLINTH_BEDROCK_MODEL_IDS,
    accessKeyIds: env.PLINTH_BEDROCK_ACCESS_KEY_IDS,
    guardrails: env.PLINTH_BEDROCK_GUARDRAILS,
    chatEndpoints: env.PLINTH_SAGEMAKER_CHAT_ENDPOINTS,
    embeddingEndpoints: env.PLINTH_SAGEMAKER_EMBEDDING_ENDPOINTS,
    onProgress: progressLines(),
    signal: stop.signal,
  });
  print({
    event: 'ready',
    openai: local.openaiUrl,
    bedrock: local.bedrockUrl,
    sagemaker: local.sagemakerUrl,
    model: local.modelId,
    embeddingModel: local.embeddingModelId,
    embeddingProblem: local.embeddingProblem,
    loadMs: local.loadMs,
  });

  if (!stop.signal.aborted)
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  await local.close(DRAIN_MS);
}

/** One line for every tenth of a download. */
function progressLines(): (progress: WeightsProgress) => void {
  let shown = -1;
  return ({ source, receivedBytes, totalBytes }) => {
    const tenth = Math.floor((receivedBytes / totalBytes) * 10);
    if (tenth === shown) return;
    shown = tenth;
    print({ event: 'progress', source, receivedBytes, totalBytes });
  };
}

function print(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const stop = new AbortController();
main(stop).then(
  () => process.exit(0),
  (error: unknown) => {
    if (stop.signal.aborted) process.exit(0);
    const { code, message } = PlatformError.from(error);
    print({ event: 'failed', code, message });
    process.exit(1);
  },
);
