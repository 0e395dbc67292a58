import { PlatformError } from '@plinth/contracts';
import type { Dispatcher } from 'undici';
import { EventQueue, type QueueSource } from '../event-queue.ts';
import type { ModelEvent } from '../model-client.ts';
import { readAnswer } from './answer.ts';
import {
  Exchange,
  type ExchangeHandler,
  type ExchangeLimits,
  type ExchangeRequest,
  type ResponseHeaders,
} from './exchange.ts';
import { fromHttpError } from './http-errors.ts';
import { ChatStreamDecoder } from './stream-decoder.ts';

/** Of an error page, this much is read; the rest cannot change what it means. */
const MAX_ERROR_BODY = 64 * 1024;

/** One chat completion: the wiring between the socket's callbacks and the consumer's iterator. */
export class ChatCall implements QueueSource, ExchangeHandler {
  readonly events: EventQueue;
  readonly #open: () => Dispatcher | Promise<Dispatcher>;
  readonly #request: ExchangeRequest;
  readonly #exchange: Exchange;
  #status = 0;
  #headers: ResponseHeaders = {};
  #decoder: ChatStreamDecoder | undefined;
  #chunks: Buffer[] = [];
  #collected = 0;

  constructor(
    open: () => Dispatcher | Promise<Dispatcher>,
    request: ExchangeRequest,
    limits: ExchangeLimits,
    signal: AbortSignal,
  ) {
    this.#open = open;
    this.#request = request;
    this.#exchange = new Exchange(limits, signal, this);
    this.events = new EventQueue(this, signal);
  }

  start(): void {
    const dispatcher = this.#open();
    if (!(dispatcher instanceof Promise)) return this.#exchange.send(dispatcher, this.#request);
    dispatcher.then(
      (opened) => this.#exchange.send(opened, this.#request),
      (error: unknown) => this.onFailure(PlatformError.from(error, 'configuration')),
    );
  }

  resume(): void {
    this.#exchange.resume();
  }

  cancel(): void {
    this.#exchange.cancel();
  }

  onHeaders(status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status !== 200) return;
    // What the server says it sends counts, not what was asked: some ignore `stream`.
    if (String(headers['content-type']).startsWith('text/event-stream'))
      this.#decoder = new ChatStreamDecoder(this.#push);
    this.events.push({ type: 'start' });
  }

  onData(chunk: Buffer): boolean {
    const decoder = this.#decoder;
    if (decoder === undefined) {
      if (this.#status === 200 || this.#collected < MAX_ERROR_BODY) this.#chunks.push(chunk);
      this.#collected += chunk.length;
      return true;
    }
    decoder.write(chunk);
    return !this.events.isFull;
  }

  onEnd(): void {
    if (this.#decoder !== undefined) return this.#decoder.close();
    const body = Buffer.concat(this.#chunks).toString('utf8');
    if (this.#status === 200) return readAnswer(body, this.#push);
    this.events.push({ type: 'error', error: fromHttpError(this.#status, this.#headers, body, Date.now()) });
  }

  onFailure(error: PlatformError): void {
    this.events.push({ type: 'error', error });
  }

  /** After `end` the queue takes no more, and the few bytes left of the body are read so that the connection is kept. */
  readonly #push = (event: ModelEvent): void => {
    this.events.push(event);
    if (event.type === 'error') this.#exchange.cancel();
  };
}
