import { PlatformError } from '@plinth/contracts';
import type { EngineLoad } from '../engine/engine.ts';
import { EmbeddingCall } from './embedding-call.ts';
import type { EmbeddingEngine, EmbeddingModel, Embeddings } from './embedding-engine.ts';
import { startThread, type EmbeddingThread, type StartThread } from './embedding-thread.ts';
import { FairQueue, type Line } from './fair-queue.ts';
import type { EmbeddedTexts } from './sentence-model.ts';

export interface OnnxEmbeddingOptions {
  /** A sentence-transformers model in ONNX form. */
  path: string;
  /** The id clients name the model by. */
  modelId: string;
  /** Most texts waiting. @default 8192 */
  maxWaiting?: number;
  /** Most UTF-16 code units waiting. @default 64 Mi */
  maxWaitingUnits?: number;
  /** Longest the model may be at one job of up to sixteen texts, milliseconds. @default 120000 */
  maxRunMs?: number;
  /** @default a worker thread with the model at `path` */
  start?: StartThread;
  now?: () => number;
  signal?: AbortSignal;
}

/** Texts of one job: the longest an urgent question waits behind others', and enough to sort by length. */
const JOB_TEXTS = 16;
/** One job runs while the next is there already, so that the model never waits for this thread. */
const JOBS_AHEAD = 2;
/** A thread that ends more often than this within the window is not started again. */
const MAX_CRASHES = 3;
const CRASH_WINDOW_MS = 60_000;

interface Item {
  call: EmbeddingCall;
  position: number;
  text: string;
}

interface Job {
  items: readonly Item[];
  timer: NodeJS.Timeout;
}

/**
 * An embedding model on a thread of its own: callers' texts are taken in turn, sorted by length and read together. A thread that dies fails
 * what it held with `upstream_failed`, and another takes its place; what waited goes on.
 */
export class OnnxEmbeddingEngine implements EmbeddingEngine {
  readonly #options: Required<Omit<OnnxEmbeddingOptions, 'signal'>>;
  readonly #queue = new FairQueue<Item>();
  readonly #calls = new Set<EmbeddingCall>();
  readonly #jobs = new Map<number, Job>();
  #waitingUnits = 0;
  #nextJob = 0;
  #crashes: number[] = [];
  #thread: EmbeddingThread | undefined;
  #model: EmbeddingModel | undefined;
  #isReady = false;
  /** Why nothing is taken any more. */
  #ended: PlatformError | undefined;

  private constructor(options: OnnxEmbeddingOptions) {
    this.#options = {
      ...options,
      maxWaiting: options.maxWaiting ?? 8_192,
      maxWaitingUnits: options.maxWaitingUnits ?? 64 * 1024 * 1024,
      maxRunMs: options.maxRunMs ?? 120_000,
      start: options.start ?? startThread(options.path),
      now: options.now ?? Date.now,
    };
  }

  /** Throws `configuration` when the file is not a model that this engine can run. */
  static async load(options: OnnxEmbeddingOptions): Promise<OnnxEmbeddingEngine> {
    const engine = new OnnxEmbeddingEngine(options);
    const settled = new AbortController();
    const stopped = new Promise<never>((_, reject) => {
      const onAbort = () => reject(options.signal?.reason as Error);
      options.signal?.addEventListener('abort', onAbort, { signal: settled.signal });
    });
    try {
      options.signal?.throwIfAborted();
      await Promise.race([engine.#start(), stopped]);
      return engine;
    } catch (error) {
      await engine.close();
      options.signal?.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw new PlatformError(
        'configuration',
        `The embedding model ${options.path} could not be loaded: ${why}. Check that the file is a sentence-transformers model in ONNX form.`,
        { cause: error },
      );
    } finally {
      settled.abort();
    }
  }

  get model(): EmbeddingModel {
    if (this.#model === undefined) throw new Error('the engine is not loaded');
    return this.#model;
  }

  load(): EngineLoad {
    let running = 0;
    for (const { items } of this.#jobs.values()) running += items.length;
    return { running, waiting: this.#queue.size };
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    if (this.#ended !== undefined) throw this.#ended;
    if (signal.aborted) throw clientLeft(signal);
    if (texts.length === 0) return { vectors: [], tokens: 0, truncated: 0 };
    this.#admit(texts);
    const call = new EmbeddingCall(texts.length);
    const line = this.#queue.add(texts.map((text, position) => ({ call, position, text })));
    const onAbort = () => call.fail(clientLeft(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#calls.add(call);
    this.#pump();
    try {
      return await call.result;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#calls.delete(call);
      this.#leave(line);
    }
  }

  async close(): Promise<void> {
    this.#end(new PlatformError('overloaded', 'The model server is shutting down.'));
    await this.#thread?.end();
  }

  #admit(texts: readonly string[]): void {
    const units = unitsOf(texts);
    const { maxWaiting, maxWaitingUnits } = this.#options;
    if (this.#queue.size + texts.length <= maxWaiting && this.#waitingUnits + units <= maxWaitingUnits) {
      this.#waitingUnits += units;
      return;
    }
    throw new PlatformError(
      'overloaded',
      `${this.#queue.size} texts wait for the embedding model already and ${maxWaiting} may. Send fewer at once, or retry shortly.`,
      { retryAfterSeconds: 1 },
    );
  }

  /** What a call that has failed still had waiting is forgotten. */
  #leave(line: Line<Item>): void {
    this.#waitingUnits -= unitsOf(line.items.slice(line.taken).map(({ text }) => text));
    this.#queue.remove(line);
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#thread = this.#options.start({
        onReady: ({ dimensions, maxTokens }) => {
          this.#model = { id: this.#options.modelId, dimensions, maxTokens };
          this.#isReady = true;
          this.#pump();
          resolve();
        },
        onDone: (job, result) => this.#onDone(job, result),
        onFailed: (job, message) => this.#failJob(job, brokeOff(new Error(message))),
        onEnded: (cause) => {
          const wasLoaded = this.#model !== undefined;
          reject(cause);
          if (wasLoaded) this.#onCrash(brokeOff(cause));
        },
      });
    });
  }

  #pump(): void {
    while (this.#isReady && this.#jobs.size < JOBS_AHEAD && this.#queue.size > 0) {
      const items = this.#queue.take(JOB_TEXTS);
      const texts = items.map(({ text }) => text);
      this.#waitingUnits -= unitsOf(texts);
      const job = (this.#nextJob += 1);
      // The job before this one runs first.
      const timer = setTimeout(() => this.#onSlow(), this.#options.maxRunMs * (this.#jobs.size + 1));
      this.#jobs.set(job, { items, timer });
      this.#thread?.post(job, texts);
    }
  }

  #onDone(id: number, { values, dimensions, tokens, truncated }: EmbeddedTexts): void {
    for (const [row, { call, position }] of this.#takeJob(id).entries()) {
      const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
      call.deliver(position, vector, tokens[row] ?? 0, truncated[row] ?? false);
    }
    this.#pump();
  }

  #failJob(id: number, error: PlatformError): void {
    for (const { call } of this.#takeJob(id)) call.fail(error);
    this.#pump();
  }

  #takeJob(id: number): readonly Item[] {
    const job = this.#jobs.get(id);
    clearTimeout(job?.timer);
    this.#jobs.delete(id);
    return job?.items ?? [];
  }

  #onSlow(): void {
    void this.#thread?.end();
    const seconds = this.#options.maxRunMs / 1_000;
    this.#onCrash(
      new PlatformError(
        'upstream_timeout',
        `The embedding model ran longer than ${seconds} s. Retry with fewer texts.`,
      ),
    );
  }

  #onCrash(error: PlatformError): void {
    this.#isReady = false;
    for (const job of [...this.#jobs.keys()]) for (const { call } of this.#takeJob(job)) call.fail(error);
    if (this.#ended !== undefined) return;
    const now = this.#options.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    if (this.#crashes.length <= MAX_CRASHES) {
      // A start that fails comes back here.
      this.#start().catch(() => undefined);
      return;
    }
    this.#end(
      new PlatformError(
        'configuration',
        `The embedding model broke off ${this.#crashes.length} times within a minute and is not started again. Check its file and the memory, then restart the model server.`,
        { cause: error },
      ),
    );
  }

  #end(why: PlatformError): void {
    this.#ended ??= why;
    this.#isReady = false;
    for (const job of [...this.#jobs.keys()]) this.#takeJob(job);
    for (const call of this.#calls) call.fail(this.#ended);
  }
}

function unitsOf(texts: readonly string[]): number {
  return texts.reduce((units, { length }) => units + length, 0);
}

function clientLeft(signal: AbortSignal): PlatformError {
  return new PlatformError('client_closed', 'The client left.', { cause: signal.reason });
}

function brokeOff(cause: Error): PlatformError {
  return new PlatformError('upstream_failed', 'The embedding model broke off. Retry shortly.', { cause });
}
