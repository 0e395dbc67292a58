import { clientClosed } from './client-closed.ts';
import type { ModelEvent } from './model-client.ts';

/** What the producer behind a queue does when its consumer starts, catches up or leaves. */
export interface QueueSource {
  /** Called once, at the first `next()`. */
  start(): void;
  /** The consumer has caught up after `isFull` was true. */
  resume(): void;
  /** The consumer left before the last event. */
  cancel(): void;
}

/** Rough weight of an event held in the queue, in UTF-16 code units, so that a thousand empty events count too. */
const EVENT_WEIGHT = 64;
const FULL = 64 * 1024;
const CAUGHT_UP = FULL / 4;

/**
 * Events between a socket that pushes and a consumer that pulls, with no promise per event beyond the one `next()` returns. Text that came
 * before the consumer asked for it, as when one read of the socket brings many tokens, is handed over as one piece: it is late or early for all
 * of it alike. The producer asks `isFull` after each push and pauses its socket.
 */
export class EventQueue implements AsyncIterableIterator<ModelEvent> {
  readonly #source: QueueSource;
  readonly #signal: AbortSignal;
  #events: ModelEvent[] = [];
  #head = 0;
  #weight = 0;
  #paused = false;
  #started = false;
  /** The last event was pushed, or the consumer left. */
  #finished = false;
  /** The last event was handed over. */
  #ended = false;
  /** Pulls that came before their events: one from a `for await`, more from a consumer that pulls ahead. */
  readonly #waiting: ((result: IteratorResult<ModelEvent>) => void)[] = [];

  constructor(source: QueueSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** True when the producer should pause; `QueueSource.resume` tells it when to go on. */
  get isFull(): boolean {
    if (this.#weight < FULL) return false;
    this.#paused = true;
    return true;
  }

  /** Nothing more is taken: the last event was pushed, or the consumer left. */
  get isFinished(): boolean {
    return this.#finished;
  }

  push(event: ModelEvent): void {
    if (this.#finished) return;
    if (event.type === 'end' || event.type === 'error') this.#finished = true;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#ended = this.#finished;
      waiting({ done: false, value: event });
      if (this.#finished) this.#endWaiting();
      return;
    }
    this.#keep(event);
  }

  #keep(event: ModelEvent): void {
    const last = this.#events.at(-1);
    if (event.type === 'text' && last?.type === 'text') {
      this.#events[this.#events.length - 1] = { type: 'text', text: last.text + event.text };
      this.#weight += event.text.length;
      return;
    }
    this.#events.push(event);
    this.#weight += weightOf(event);
  }

  next(): Promise<IteratorResult<ModelEvent>> {
    if (!this.#started) {
      this.#started = true;
      this.#source.start();
    }
    if (this.#signal.aborted && !this.#ended) return Promise.resolve({ done: false, value: this.#abort() });
    const event = this.#events[this.#head];
    if (event !== undefined) return Promise.resolve({ done: false, value: this.#take(event) });
    if (this.#finished) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<ModelEvent>> {
    const wasOpen = !this.#finished;
    this.#ended = true;
    this.#drop();
    if (wasOpen && this.#started) this.#source.cancel();
    // The last event is in, but the socket still waits for us to take what came before it.
    else if (this.#paused) this.#source.resume();
    this.#paused = false;
    this.#started = true;
    this.#endWaiting();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What was read ahead of the consumer is of no more use: an abort ends the stream where the consumer stands. */
  #abort(): ModelEvent {
    this.#ended = true;
    this.#drop();
    this.#source.cancel();
    return { type: 'error', error: clientClosed(this.#signal) };
  }

  #drop(): void {
    this.#finished = true;
    this.#events = [];
    this.#head = 0;
    this.#weight = 0;
  }

  #endWaiting(): void {
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  #take(event: ModelEvent): ModelEvent {
    this.#head += 1;
    this.#weight -= weightOf(event);
    if (this.#head === this.#events.length) {
      this.#ended = this.#finished;
      this.#events = [];
      this.#head = 0;
    }
    if (this.#paused && this.#weight <= CAUGHT_UP) {
      this.#paused = false;
      this.#source.resume();
    }
    return event;
  }
}

function weightOf(event: ModelEvent): number {
  if (event.type === 'text') return EVENT_WEIGHT + event.text.length;
  if (event.type === 'tool-call') return EVENT_WEIGHT + event.arguments.length;
  return EVENT_WEIGHT;
}
