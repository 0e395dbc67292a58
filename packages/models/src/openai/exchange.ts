import { PlatformError } from '@plinth/contracts';
import type { Dispatcher } from 'undici';
import { clientClosed } from '../client-closed.ts';
import { fromNetworkError } from './network-errors.ts';

export interface ExchangeLimits {
  /** From the call to the first byte of the answer's body, in milliseconds; waiting for a connection included. */
  readonly firstByteTimeoutMs: number;
  /** Longest silence between two reads of the body, in milliseconds; time the reader itself was paused does not count. */
  readonly idleTimeoutMs: number;
  readonly maxResponseBytes: number;
}

export interface ExchangeRequest {
  readonly path: string;
  /** Name, value, name, value. */
  readonly headers: string[];
  readonly body: string;
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Callbacks of one exchange. After `onEnd` or `onFailure` there is nothing more. */
export interface ExchangeHandler {
  onHeaders(status: number, headers: ResponseHeaders): void;
  /** False pauses the socket until `Exchange.resume`. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(error: PlatformError): void;
}

/**
 * One POST on undici's `dispatch`, the thinnest way it has: no streams, no promises. Adds the limits and makes an abort reach the socket,
 * also while the request still waits for a connection.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #handler: ExchangeHandler;
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #received = 0;
  #settled = false;
  /** Why the request is to die as soon as it gets a connection. */
  #doomed: Error | undefined;

  constructor(limits: ExchangeLimits, signal: AbortSignal, handler: ExchangeHandler) {
    this.#limits = limits;
    this.#signal = signal;
    this.#handler = handler;
  }

  send(dispatcher: Dispatcher, request: ExchangeRequest): void {
    if (this.#settled) return;
    if (this.#signal.aborted) return this.#onAbort();
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer = setTimeout(this.#onFirstByteTimeout, this.#limits.firstByteTimeoutMs);
    try {
      dispatcher.dispatch(
        {
          method: 'POST',
          path: request.path,
          headers: request.headers,
          body: request.body,
          // The first byte has its own timer, which also counts the wait for a connection.
          headersTimeout: 0,
          bodyTimeout: this.#limits.idleTimeoutMs,
        },
        this,
      );
    } catch (error) {
      this.#fail(fromNetworkError(error));
    }
  }

  /** Ends the exchange without a word to the handler; the socket is destroyed. */
  cancel(): void {
    if (this.#settled) return;
    this.#settle();
    this.#kill(new Error('the reader left'));
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#doomed !== undefined) controller.abort(this.#doomed);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (!this.#settled && status >= 200) this.#handler.onHeaders(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    if (this.#received === 0) clearTimeout(this.#timer);
    this.#received += chunk.length;
    if (this.#received > this.#limits.maxResponseBytes) {
      return this.#fail(
        new PlatformError(
          'upstream_failed',
          `The model's server sent more than ${this.#limits.maxResponseBytes} bytes. Ask for fewer tokens, or raise maxResponseBytes.`,
        ),
      );
    }
    if (!this.#handler.onData(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(fromNetworkError(error));
  }

  readonly #onAbort = (): void => {
    this.#fail(clientClosed(this.#signal));
  };

  readonly #onFirstByteTimeout = (): void => {
    const seconds = this.#limits.firstByteTimeoutMs / 1_000;
    this.#fail(
      new PlatformError('upstream_timeout', `The model's server did not begin to answer within ${seconds} s. Retry.`),
    );
  };

  #fail(error: PlatformError): void {
    if (this.#settled) return;
    this.#settle();
    this.#kill(error);
    this.#handler.onFailure(error);
  }

  #kill(reason: Error): void {
    this.#doomed = reason;
    this.#controller?.abort(reason);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
