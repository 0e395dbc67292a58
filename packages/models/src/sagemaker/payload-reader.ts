import type { ResponseStream } from '@aws-sdk/client-sagemaker-runtime';
import { PlatformError } from '@plinth/contracts';
import type { ModelEvent } from '../model-client.ts';
import { readAnswer } from '../openai/answer.ts';
import { ChatStreamDecoder } from '../openai/stream-decoder.ts';

/** The bytes of a container's streamed answer, read with the OpenAI adapter's own decoder. Gives the events that follow `start`. */
export class PayloadReader {
  readonly #decoder: ChatStreamDecoder | undefined;
  readonly #whole: Buffer[] = [];
  readonly #maxBytes: number;
  #received = 0;
  #events: ModelEvent[] = [];

  /** What the container says it sends counts, not what was asked: some ignore `stream`. */
  constructor(contentType: string | undefined, maxBytes: number) {
    this.#maxBytes = maxBytes;
    if (contentType?.startsWith('application/json') !== true)
      this.#decoder = new ChatStreamDecoder((event) => this.#events.push(event));
  }

  /** The answer's last words were read. */
  get isDone(): boolean {
    return this.#decoder?.isDone === true;
  }

  /** Throws what an exception event says. */
  read(part: ResponseStream): readonly ModelEvent[] {
    const bytes = bytesOf(part);
    this.#received += bytes.length;
    if (this.#received > this.#maxBytes)
      throw new PlatformError(
        'upstream_failed',
        `The endpoint sent more than ${this.#maxBytes} bytes. Ask for fewer tokens, or raise maxResponseBytes.`,
      );
    if (this.#decoder === undefined) this.#whole.push(bytes);
    else this.#decoder.write(bytes);
    return this.#take();
  }

  /** The stream ended. */
  end(): readonly ModelEvent[] {
    if (this.#decoder !== undefined) this.#decoder.close();
    else readAnswer(Buffer.concat(this.#whole).toString('utf8'), (event) => this.#events.push(event));
    return this.#take();
  }

  #take(): readonly ModelEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }
}

function bytesOf(part: ResponseStream): Buffer {
  const bytes = part.PayloadPart?.Bytes;
  if (bytes !== undefined) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (part.PayloadPart !== undefined) return Buffer.alloc(0);
  const exception = part.ModelStreamError ?? part.InternalStreamFailure;
  throw exception ?? new PlatformError('upstream_failed', 'SageMaker sent an event we do not know. Retry shortly.');
}
