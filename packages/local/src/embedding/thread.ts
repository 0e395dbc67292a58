import { parentPort, workerData } from 'node:worker_threads';
import { MAX_TOKENS, SentenceModel } from './sentence-model.ts';
import type { ThreadData, ThreadMessage, ThreadRequest } from './thread-protocol.ts';

/** What the engine's thread runs: the model blocks while it reads, and the thread that serves HTTP must not. */
const { path } = workerData as ThreadData;
const model = await SentenceModel.load(path);
const { dimensions } = await model.embed(['ready']);
let last = Promise.resolve();
parentPort?.on('message', (request: ThreadRequest) => {
  last = last.then(() => answer(request));
});
send({ type: 'ready', dimensions, maxTokens: MAX_TOKENS });

async function answer({ job, texts }: ThreadRequest): Promise<void> {
  try {
    const embedded = await model.embed(texts);
    send({ type: 'done', job, ...embedded }, [embedded.values.buffer as ArrayBuffer]);
  } catch (error) {
    send({ type: 'failed', job, message: error instanceof Error ? error.message : String(error) });
  }
}

function send(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
