import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PlatformError } from '@plinth/contracts';
import type { DocumentParser, ParsedDocument, SourceDocument } from '../ports/document.ts';
import type { ChildAnswer } from './bounded-child.ts';

export interface BoundedParserOptions {
  /** Of one document, refused before anything is read. @default 100 MB */
  readonly maxBytes?: number;
  /** @default 60 seconds */
  readonly timeoutMs?: number;
  /** Of the whole child process. @default 1 GB */
  readonly memoryBytes?: number;
}

/**
 * Reads documents in a process of its own, which has no environment and so no credentials. A document that takes too long or too much memory, or brings
 * the process down, costs itself one clear error; the next gets a new process. One document at a time; the process is kept between them.
 */
export function createBoundedParser(options: BoundedParserOptions = {}): DocumentParser {
  return new BoundedParser({ maxBytes: 100_000_000, timeoutMs: 60_000, memoryBytes: 1_000_000_000, ...options });
}

class BoundedParser implements DocumentParser {
  readonly #bounds: Required<BoundedParserOptions>;
  #child: ChildProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(bounds: Required<BoundedParserOptions>) {
    this.#bounds = bounds;
  }

  parse(source: SourceDocument, { signal }: { readonly signal: AbortSignal }): Promise<ParsedDocument> {
    if (source.bytes.byteLength > this.#bounds.maxBytes)
      return Promise.reject(
        new PlatformError('request_too_large', `The document is over ${this.#bounds.maxBytes / 1e6} MB. Split it.`),
      );
    const parsed = this.#turn.then(() => this.#parse(source, signal));
    this.#turn = parsed.catch(() => undefined);
    return parsed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#drop();
    await this.#turn;
  }

  async #parse(source: SourceDocument, signal: AbortSignal): Promise<ParsedDocument> {
    signal.throwIfAborted();
    if (this.#closed) throw new PlatformError('overloaded', 'The service is stopping. Send the document again.');
    const answer = await this.#ask((this.#child ??= this.#start()), source, signal);
    if (answer.ok) return answer.document;
    throw new PlatformError(answer.code, answer.message);
  }

  #ask(child: ChildProcess, source: SourceDocument, signal: AbortSignal): Promise<ChildAnswer> {
    return new Promise((resolve, reject) => {
      const { timeoutMs, memoryBytes } = this.#bounds;
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        signal.removeEventListener('abort', onAbort);
        outcome();
      };
      const lost = (error: unknown) => {
        this.#drop();
        settle(() => reject(error as Error));
      };
      const onMessage = (answer: unknown) => settle(() => resolve(answer as ChildAnswer));
      const onExit = () =>
        lost(
          refused(
            `Reading the document took more than ${Math.round(memoryBytes / 1e6)} MB of memory, or broke the reader.`,
          ),
        );
      const onAbort = () => lost(signal.reason);
      const timer = setTimeout(
        () => lost(refused(`Reading the document took longer than ${timeoutMs / 1_000} s.`)),
        timeoutMs,
      );
      child.on('message', onMessage).on('exit', onExit).on('error', onExit);
      signal.addEventListener('abort', onAbort, { once: true });
      child.send(source, (error) => error !== null && onExit());
    });
  }

  #start(): ChildProcess {
    const { memoryBytes } = this.#bounds;
    const child = fork(childPath(), [String(memoryBytes)], {
      env: {},
      execArgv: [`--max-old-space-size=${Math.round(memoryBytes / 2e6)}`],
      serialization: 'advanced',
      // What a library prints may quote the document.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // It holds nobody up: whoever waits for a document has a timer of its own.
    child.unref();
    child.channel?.unref();
    return child;
  }

  #drop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
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
