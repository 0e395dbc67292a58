import { Worker } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { Methods } from './engine.ts';
import { Checkpointer } from './checkpointer.ts';
import { Patience } from './patience.ts';
import type { BatchReply, OpenReply, Operation, WorkerSettings } from './protocol.ts';
import { CALL, CLOSE, encodeBatch, RESERVE } from './protocol.ts';
import { workerUrl } from './worker-url.ts';

/** In units of one short operation, or of a kilobyte of a long one. */
const QUEUE_LIMIT = 20_000;
/** Bounds how long one commit can take. */
const BATCH_LIMIT = 1_000;
/** A busy event loop gathers at most this many operations, and for at most this long, before it hands them over. */
const BATCH_TARGET = 128;
const LINGER_MS = 2;
/** Somebody has to make room. */
const FULL_RETRY_SECONDS = 60;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: PlatformError) => void;
}

/**
 * The queue in front of the database thread. Whatever arrives while one transaction commits waits, and goes as one message and one
 * transaction when it returns: the busier it is, the more callers share one write to disk.
 */
export class GroupCommit {
  readonly #worker: Worker;
  #operations: Operation[] = [];
  #waiting: Waiting[] = [];
  #weights: number[] = [];
  #queued = 0;
  #inFlight: { readonly batch: readonly Operation[]; readonly waiting: readonly Waiting[] } | undefined;
  #scheduled = false;
  readonly #patience = new Patience();
  #timer: NodeJS.Timeout | undefined;
  #timerUntil = 0;
  readonly #checkpointer: Checkpointer;
  #failure: PlatformError | undefined;
  #closing = false;
  #drained: (() => void) | undefined;

  private constructor(worker: Worker, settings: WorkerSettings) {
    this.#worker = worker;
    this.#checkpointer = new Checkpointer(settings);
    worker.on('message', (reply: BatchReply) => this.#onReply(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`The database thread ended with code ${code}.`)));
  }

  /** Starts the thread and waits until the database is open. */
  static async open(settings: WorkerSettings, url: URL = workerUrl('worker')): Promise<GroupCommit> {
    const worker = new Worker(url, { workerData: settings, execArgv: [], name: 'plinth-stores' });
    const reply = await new Promise<OpenReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The database thread ended with code ${code}.`)));
    }).catch((error: unknown) => {
      throw new PlatformError('storage_failed', 'The database thread did not start.', { cause: error });
    });
    // By name: the worker keeps listeners of its own under other names.
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    if (reply[0]) return new GroupCommit(worker, settings);
    await worker.terminate();
    throw new PlatformError(reply[1], reply[2]);
  }

  submit(operation: Operation, weight = 1): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closing) return Promise.reject(new PlatformError('storage_failed', 'The stores are closed.'));
    if (this.#queued + weight > QUEUE_LIMIT)
      return Promise.reject(
        new PlatformError('overloaded', 'The database cannot keep up. Retry shortly.', { retryAfterSeconds: 1 }),
      );
    return new Promise((resolve, reject) => {
      this.#operations.push(operation);
      this.#waiting.push({ resolve, reject });
      this.#weights.push(weight);
      this.#queued += weight;
      this.#patience.arrived(operation, performance.now());
      this.#sendInTime();
    });
  }

  call<M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>> {
    return this.submit([CALL, method, ...args]) as Promise<ReturnType<Methods[M]>>;
  }

  /** Finishes what is queued, folds the log into the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#closing || this.#failure) return;
    this.#closing = true;
    this.#sendInTime();
    if (this.#inFlight !== undefined || this.#operations.length > 0)
      await new Promise<void>((resolve) => (this.#drained = resolve));
    if (this.#failure) return;
    await this.#checkpointer.close();
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage(CLOSE);
    await exited;
  }

  #sendInTime(): void {
    if (this.#inFlight !== undefined || this.#scheduled || this.#operations.length === 0) return;
    const { until } = this.#patience;
    const left = until - performance.now();
    if (left <= 0 || this.#closing || this.#queued >= BATCH_TARGET) return this.#schedule();
    if (this.#timer !== undefined && this.#timerUntil <= until) return;
    clearTimeout(this.#timer);
    this.#timerUntil = until;
    this.#timer = setTimeout(() => this.#schedule(), left);
  }

  /**
   * Sends when a turn of the event loop has brought nothing new: while the process has requests to work on, they join this batch, and
   * when it has none, nobody is kept waiting for company.
   */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const since = performance.now();
    let seen = 0;
    const turn = () => {
      const count = this.#operations.length;
      if (count > seen && count < BATCH_TARGET && performance.now() - since < LINGER_MS) {
        seen = count;
        setImmediate(turn);
        return;
      }
      this.#scheduled = false;
      this.#send();
    };
    setImmediate(turn);
  }

  #send(): void {
    if (this.#inFlight !== undefined || this.#failure) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let batch = this.#operations;
    let waiting = this.#waiting;
    if (this.#queued > BATCH_LIMIT) {
      const count = this.#countWithin(BATCH_LIMIT);
      batch = this.#operations.splice(0, count);
      waiting = this.#waiting.splice(0, count);
      for (const weight of this.#weights.splice(0, count)) this.#queued -= weight;
    } else {
      this.#operations = [];
      this.#waiting = [];
      this.#weights = [];
      this.#queued = 0;
    }
    if (batch.length === 0) return;
    this.#patience.sent(performance.now(), this.#operations.length > 0);
    this.#inFlight = { batch, waiting };
    this.#worker.postMessage(encodeBatch(batch));
  }

  /** How many of the first operations go into one batch: always at least one. */
  #countWithin(limit: number): number {
    let total = 0;
    const over = this.#weights.findIndex((weight) => (total += weight) > limit);
    return Math.max(1, over === -1 ? this.#weights.length : over);
  }

  #onReply(reply: BatchReply): void {
    const { batch, waiting } = this.#inFlight ?? { batch: [], waiting: [] };
    this.#inFlight = undefined;
    const [results, second] = reply;
    if (results === undefined) {
      const options = reply[1] === 'disk_full' ? { retryAfterSeconds: FULL_RETRY_SECONDS } : {};
      for (const { reject } of waiting) reject(new PlatformError(reply[1], reply[2], options));
    } else {
      for (const [index, code, message] of Array.isArray(second) ? second : [])
        waiting[index]?.reject(new PlatformError(code, message));
      // Resolving what has been rejected already changes nothing.
      for (let index = 0; index < waiting.length; index++) {
        if (batch[index]![0] === RESERVE && results[index] === 0) this.#patience.admitted();
        waiting[index]!.resolve(results[index]);
      }
    }
    this.#checkpointer.committed();
    if (this.#operations.length > 0) this.#sendInTime();
    else this.#drained?.();
  }

  #fail(cause: Error): void {
    if (this.#failure) return;
    if (this.#closing && this.#inFlight === undefined && this.#operations.length === 0) return;
    const failure = new PlatformError(
      'storage_failed',
      'The database thread has ended; what was being written may or may not be kept. Start the process again.',
      { cause },
    );
    this.#failure = failure;
    void this.#checkpointer.close();
    for (const { reject } of [...(this.#inFlight?.waiting ?? []), ...this.#waiting]) reject(failure);
    this.#inFlight = undefined;
    this.#operations = [];
    this.#waiting = [];
    this.#weights = [];
    this.#queued = 0;
    this.#drained?.();
  }
}
