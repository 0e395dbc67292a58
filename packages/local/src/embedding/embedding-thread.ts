import { Worker } from 'node:worker_threads';
import type { EmbeddedTexts } from './sentence-model.ts';
import type { ThreadData, ThreadMessage, ThreadRequest } from './thread-protocol.ts';

export interface ThreadEvents {
  onReady(model: { dimensions: number; maxTokens: number }): void;
  onDone(job: number, result: EmbeddedTexts): void;
  /** The model could not read this job; the thread goes on. */
  onFailed(job: number, message: string): void;
  /** Nothing comes after this. */
  onEnded(cause: Error): void;
}

/** The thread a model runs on, as the engine sees it. */
export interface EmbeddingThread {
  post(job: number, texts: readonly string[]): void;
  /** Ends the thread now, whatever it does; `onEnded` is not called for it. */
  end(): Promise<void>;
}

export type StartThread = (events: ThreadEvents) => EmbeddingThread;

const ENTRY = new URL('./thread-entry.mjs', import.meta.url);

/** A worker thread with the model at `path`. */
export function startThread(path: string, entry: URL = ENTRY): StartThread {
  return ({ onReady, onDone, onFailed, onEnded }) => {
    const worker = new Worker(entry, { workerData: { path } satisfies ThreadData, execArgv: [] });
    let ended = false;
    const end = (cause: Error) => {
      if (!ended) onEnded(cause);
      ended = true;
    };
    worker.on('message', (message: ThreadMessage) => {
      if (ended) return;
      if (message.type === 'ready') onReady(message);
      else if (message.type === 'done') onDone(message.job, message);
      else onFailed(message.job, message.message);
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`the thread ended with ${code}`)));
    return {
      post: (job, texts) => worker.postMessage({ job, texts } satisfies ThreadRequest),
      end: async () => {
        ended = true;
        await worker.terminate();
      },
    };
  };
}
