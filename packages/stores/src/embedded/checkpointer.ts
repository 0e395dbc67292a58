import { Worker } from 'node:worker_threads';
import type { WorkerSettings } from './protocol.ts';
import { CLOSE } from './protocol.ts';
import { workerUrl } from './worker-url.ts';

/** About a thousand pages, 4 MB: a few milliseconds of folding back. */
const COMMITS = 250;

/**
 * Keeps the write-ahead log short from a thread of its own, started when there is first something to fold back. Without it (it could not
 * start, or it ended) the database thread does so itself, later and in the way of a commit (database.ts).
 */
export class Checkpointer {
  readonly #settings: WorkerSettings;
  #worker: Worker | undefined;
  #commits = 0;
  #over = false;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  /** Told of every commit. */
  committed(): void {
    if (++this.#commits < COMMITS || this.#over) return;
    this.#commits = 0;
    this.#worker ??= this.#start();
    this.#worker.postMessage('');
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (this.#over || worker === undefined) return;
    this.#over = true;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(CLOSE);
    await exited;
  }

  #start(): Worker {
    const worker = new Worker(workerUrl('checkpoint-worker'), {
      workerData: this.#settings,
      execArgv: [],
      name: 'plinth-checkpoint',
    });
    const stop = () => (this.#over = true);
    worker.on('error', stop).on('exit', stop);
    worker.unref();
    return worker;
  }
}
