import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PlatformError } from '@plinth/contracts';
import type { DocumentParser, ParsedDocument, SourceDocument } from '../ports/document.ts';
import type { ChildAnswer, ChildReady } from './bounded-child.ts';

export interface BoundedParserOptions {
  /** Of one document, refused before anything is read. @default 100 MB */
  readonly maxBytes?: number;
  /** @default 60 seconds */
  readonly timeoutMs?: number;
  /** Of the whole child process. @default 1 GB */
  readonly memoryBytes?: number;
}

/** The child ended without an answer. */
interface Death {
  readonly died: NodeJS.Signals | number | null;
}

/** The child's own start, which is not the document's time. */
const START_MS = 30_000;
/** How the child ends by its own watch, and how V8 ends when its heap is full. */
const OUT_OF_MEMORY: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGABRT', 'SIGTRAP', 134]);

/**
 * Reads documents in a process of its own, which has no environment and so no credentials. A document that takes too long or too much memory, or brings
 * the process down, costs itself one clear error; the next gets a new process. One document at a time; the process is kept between them.
 */
export function createBoundedParser(options: BoundedParserOptions = {}): DocumentParser {
  return new BoundedParser({ maxBytes: 100_000_000, timeoutMs: 60_000, memoryBytes: 1_000_000_000, ...options });
}

class BoundedParser implements DocumentParser {
  readonly #bounds: Required<BoundedParserOptions>;
  readonly #closing = new AbortController();
  #child: ChildProcess | undefined;
  /** Whether the child has come up. */
  #ready = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(bounds: Required<BoundedParserOptions>) {
    this.#bounds = bounds;
  }

  parse(source: SourceDocument, options: { readonly signal: AbortSignal }): Promise<ParsedDocument> {
    if (source.bytes.byteLength > this.#bounds.maxBytes)
      return Promise.reject(
        new PlatformError('request_too_large', `The document is over ${this.#bounds.maxBytes / 1e6} MB. Split it.`),
      );
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const parsed = this.#turn.then(() => this.#parse(source, signal));
    this.#turn = parsed.catch(() => undefined);
    return orAborted(parsed, signal);
  }

  async close(): Promise<void> {
    // Retryable: the document that is being read has done nothing wrong.
    this.#closing.abort(new PlatformError('overloaded', 'The service is stopping. Send the document again.'));
    this.#drop();
    await this.#turn;
  }

  async #parse(source: SourceDocument, signal: AbortSignal): Promise<ParsedDocument> {
    for (;;) {
      signal.throwIfAborted();
      const child = (this.#child ??= this.#start());
      const used = this.#ready;
      const answer = await this.#ask(child, source, signal);
      if ('died' in answer) {
        // A process that has read others may have died of them: only a new one's death is this document's own.
        if (used) continue;
        if (!this.#ready)
          throw new PlatformError(
            'overloaded',
            'The reader of documents did not start. Send the document again; if that fails too, the installation is at fault.',
          );
        throw refused(
          OUT_OF_MEMORY.has(answer.died)
            ? `Reading the document took more than ${Math.round(this.#bounds.memoryBytes / 1e6)} MB of memory.`
            : 'Reading the document broke the reader.',
        );
      }
      if (answer.ok) return answer.document;
      throw new PlatformError(answer.code, answer.message);
    }
  }

  #ask(child: ChildProcess, source: SourceDocument, signal: AbortSignal): Promise<ChildAnswer | Death> {
    return new Promise((resolve, reject) => {
      const { timeoutMs } = this.#bounds;
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onError);
        signal.removeEventListener('abort', onAbort);
        outcome();
      };
      const lost = (outcome: () => void) => {
        this.#drop();
        settle(outcome);
      };
      const late = () => reject(refused(`Reading the document took longer than ${timeoutMs / 1_000} s.`));
      const give = () => {
        clearTimeout(timer);
        timer = setTimeout(() => lost(late), timeoutMs);
        child.send(source, (error) => {
          // While it lives, the exit that follows says more.
          if (error !== null && (child.exitCode ?? child.signalCode) !== null) onError();
        });
      };
      const onMessage = (message: unknown) => {
        const answer = message as ChildAnswer | ChildReady;
        if (!('ready' in answer)) return settle(() => resolve(answer));
        this.#ready = true;
        give();
      };
      const onExit = (code: number | null, killed: NodeJS.Signals | null) =>
        lost(() => resolve({ died: killed ?? code }));
      // It could not be started, or its exit has been before and is not heard again.
      const onError = () => lost(() => resolve({ died: child.signalCode ?? child.exitCode }));
      const onAbort = () => lost(() => reject(signal.reason as Error));
      let timer = setTimeout(onError, START_MS);
      child.on('message', onMessage).on('exit', onExit).on('error', onError);
      signal.addEventListener('abort', onAbort, { once: true });
      if (this.#ready) give();
    });
  }

  #start(): ChildProcess {
    const { memoryBytes } = this.#bounds;
    const child = fork(childPath(), [String(memoryBytes), String(process.pid)], {
      env: {},
      execArgv: [`--max-old-space-size=${Math.round(memoryBytes / 2e6)}`],
      serialization: 'advanced',
      // What a library prints may quote the document.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // It holds nobody up: whoever waits for a document has a timer of its own.
    child.unref();
    child.channel?.unref();
    const gone = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on('exit', gone).on('error', gone);
    this.#ready = false;
    return child;
  }

  #drop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

/** Who waits in the queue need not wait for their turn to hear that nobody wants it any more. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).finally(done);
  });
}

function refused(what: string): PlatformError {
  return new PlatformError('invalid_request', `${what} It is not indexed. Split it, or save it in another format.`);
}

/** Beside the bundle when built (`retrieval-bounded-child`), from source otherwise. */
function childPath(): string {
  const self = import.meta.url;
  if (self.endsWith('.ts')) return fileURLToPath(new URL('./bounded-child-dev.mjs', self));
  return fileURLToPath(new URL(`./retrieval-bounded-child.${self.endsWith('.mjs') ? 'mjs' : 'js'}`, self));
}
