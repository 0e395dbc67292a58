import { StringDecoder } from 'node:string_decoder';
import { PlatformError, type FinishReason } from '@plinth/contracts';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { ModelEvent, ModelUsage } from '../model-client.ts';
import { readFinishReason, readToolCalls, readUsage } from './answer-parts.ts';
import { FrameTemplate } from './frame-template.ts';
import { fromStreamedError } from './http-errors.ts';
import { isRecord } from './json-fields.ts';

/** Longest single frame, in characters. A token is a few hundred; a whole tool call may come in one frame. */
const MAX_FRAME = 1024 * 1024;
const BYTE_ORDER_MARK = 0xfeff;
const LF = 0x0a;
const FRAME_END = '\n\n';
/** Frames a stream may be learned from: a server whose frames differ each time is parsed. */
const MAX_LESSONS = 4;

/**
 * Bytes of a `text/event-stream` answer in, model events out. Frames and characters may be cut anywhere. Emits what comes after `start`:
 * exactly one `end` or `error`, at the latest in `close`.
 */
export class ChatStreamDecoder {
  readonly #emit: (event: ModelEvent) => void;
  readonly #text = new StringDecoder('utf8');
  readonly #parser: EventSourceParser;
  readonly #toolCalls = new Set<number>();
  #first = true;
  /** A frame begins with the next byte. */
  #atFrame = true;
  #template: FrameTemplate | undefined;
  #lessons = MAX_LESSONS;
  #answered = false;
  #reason: FinishReason | undefined;
  #usage: ModelUsage | undefined;
  #done = false;

  constructor(emit: (event: ModelEvent) => void) {
    this.#emit = emit;
    this.#parser = createParser({
      onEvent: (event) => this.#onFrame(event.data),
      maxBufferSize: MAX_FRAME,
      onError: (error) => {
        // Fields and values we do not know are no failure; a frame that never ends is.
        if (error.type === 'max-buffer-size-exceeded') this.#fail('sent a frame that is too long');
      },
    });
  }

  get isDone(): boolean {
    return this.#done;
  }

  write(chunk: Buffer): void {
    if (this.#done) return;
    const read = this.#atFrame ? this.#readKnown(chunk) : 0;
    if (read === chunk.length) return;
    const rest = read === 0 ? chunk : chunk.subarray(read);
    this.#feed(this.#text.write(rest));
    const { length } = rest;
    this.#atFrame = length > 1 && rest[length - 1] === LF && rest[length - 2] === LF;
  }

  /** Reads the frames at the beginning of `chunk` that are of the known form, learning it from the first of them. Gives the bytes read. */
  #readKnown(chunk: Buffer): number {
    let from = 0;
    while (from < chunk.length) {
      const text = this.#template?.match(chunk, from);
      if (text !== undefined) {
        if (text !== '') this.#emit({ type: 'text', text });
        from = this.#template!.end;
        continue;
      }
      const end = this.#lessons === 0 ? -1 : chunk.indexOf(FRAME_END, from);
      if (end === -1) break;
      this.#lessons -= 1;
      const frame = chunk.subarray(from, end + FRAME_END.length);
      this.#template = FrameTemplate.learn(frame, ChatStreamDecoder.#plainText) ?? this.#template;
      this.#feed(this.#text.write(frame));
      from += frame.length;
    }
    return from;
  }

  /** The body ended without a network error. */
  close(): void {
    if (this.#done) return;
    // A last frame without its blank line still counts: some servers end that way.
    this.#feed(`${this.#text.end()}\n\n`);
    if (this.#done) return;
    if (this.#reason !== undefined) this.#finish(this.#reason);
    else this.#fail(this.#answered ? 'ended its answer too early' : 'ended the stream without an answer');
  }

  /** The text of a frame that says nothing but text, by this decoder's own reading; `undefined` for any other. */
  static #plainText(this: void, json: string): string | undefined {
    const events: ModelEvent[] = [];
    const decoder = new ChatStreamDecoder((event) => events.push(event));
    decoder.#onFrame(json);
    const [event] = events;
    const saysMore = events.length !== 1 || decoder.#reason !== undefined || decoder.#usage !== undefined;
    return !saysMore && event?.type === 'text' ? event.text : undefined;
  }

  #feed(text: string): void {
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) return this.#parser.feed(text.slice(1));
    }
    this.#parser.feed(text);
  }

  #onFrame(data: string): void {
    if (this.#done) return;
    if (data === '[DONE]') {
      // A server that says it is done and never gave a reason has stopped, if it answered at all.
      if (this.#answered) this.#finish(this.#reason ?? 'stop');
      else this.#fail('ended the stream without an answer');
      return;
    }
    let frame: unknown;
    try {
      frame = JSON.parse(data);
    } catch (error) {
      return this.#fail('sent a frame that is not JSON', error);
    }
    if (!isRecord(frame)) return this.#fail('sent a frame that is not an object');
    this.#onObject(frame);
  }

  #onObject(frame: Record<string, unknown>): void {
    const choices = frame['choices'];
    if (!Array.isArray(choices)) {
      if (isRecord(frame['error']) || frame['object'] === 'error') this.#end(fromStreamedError(frame));
      else if (isRecord(frame['usage'])) this.#usage = readUsage(frame['usage']) ?? this.#usage;
      return;
    }
    const choice: unknown = choices[0];
    if (isRecord(choice)) {
      this.#answered = true;
      const delta = choice['delta'];
      if (isRecord(delta)) this.#onDelta(delta);
      const reason = choice['finish_reason'];
      if (typeof reason === 'string') this.#onReason(reason);
    }
    const usage = frame['usage'];
    if (usage !== undefined && usage !== null) this.#usage = readUsage(usage) ?? this.#usage;
  }

  #onDelta(delta: Record<string, unknown>): void {
    const text = delta['content'] ?? delta['refusal'];
    if (typeof text === 'string' && text !== '') this.#emit({ type: 'text', text });
    if (delta['tool_calls'] !== undefined) readToolCalls(delta['tool_calls'], this.#toolCalls, this.#emit);
  }

  #onReason(reason: string): void {
    const read = readFinishReason(reason);
    if (read instanceof PlatformError) this.#end(read);
    else this.#reason = read;
  }

  #finish(reason: FinishReason): void {
    this.#done = true;
    const usage = this.#usage;
    this.#emit(usage === undefined ? { type: 'end', reason } : { type: 'end', reason, usage });
  }

  #fail(what: string, cause?: unknown): void {
    // The parse error's message quotes the frame, which is the model's text: only its kind is kept.
    const kind = cause instanceof Error ? new Error(cause.name) : undefined;
    this.#end(new PlatformError('upstream_failed', `The model's server ${what}. Retry shortly.`, { cause: kind }));
  }

  #end(error: PlatformError): void {
    if (this.#done) return;
    this.#done = true;
    this.#emit({ type: 'error', error });
  }
}
