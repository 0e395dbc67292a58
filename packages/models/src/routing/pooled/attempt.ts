import { PlatformError } from '@plinth/contracts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../model-client.ts';
import type { CallOutcome, Placement } from '../router.ts';
import { outcomeOf } from './outcome.ts';
import type { RouterDrive } from './router-drive.ts';

export interface AttemptOptions {
  readonly drive: RouterDrive;
  /** To the first token of a streamed answer, milliseconds. */
  readonly beginWithinMs: number;
  /** The caller's. */
  readonly signal: AbortSignal;
}

type Content = Exclude<ModelEvent, { type: 'start' }>;

/**
 * One call at one place, and what the router is told of it: once when its answer begins, and once how it ended, on whichever way. Until it
 * begins nothing of it has left, so that another place may answer instead.
 */
export class Attempt {
  /** Settles when the place has shown that it lives: its headers, its first token, or its failure. */
  readonly alive: Promise<void>;
  /** Whether its answer begins; false when it failed or was cancelled before. Never rejects. */
  readonly begun: Promise<boolean>;
  readonly placement: Placement;
  /** Why it did not begin. */
  failure: PlatformError | undefined;
  readonly #options: AttemptOptions;
  readonly #events: AsyncIterator<ModelEvent>;
  readonly #controller = new AbortController();
  readonly #isStream: boolean;
  #first: Content | undefined;
  #pieces = 0;
  /** Whether the place has said its last word: nothing is left that an abort would stop. */
  #over = false;
  #ended = false;
  #live = (): void => undefined;

  constructor(placement: Placement, client: ModelClient, request: ModelRequest, options: AttemptOptions) {
    this.placement = placement;
    this.#options = options;
    this.#isStream = request.stream;
    const { signal } = options;
    if (signal.aborted) this.#leave();
    else signal.addEventListener('abort', this.#leave, { once: true });
    this.#events = client.stream(request, { signal: this.#controller.signal })[Symbol.asyncIterator]();
    this.alive = new Promise((resolve) => (this.#live = resolve));
    this.begun = this.#begin();
  }

  /** What comes next of an answer that has begun, its first token first. After `end` or `error` there is no more. */
  async next(): Promise<Content> {
    const event = this.#first ?? (await this.#next());
    this.#first = undefined;
    if (event.type === 'end') {
      const { outputTokens = this.#pieces, cachedInputTokens } = event.usage ?? {};
      this.#end(answered(outputTokens, cachedInputTokens));
    } else if (event.type === 'error') this.#end(outcomeOf(event.error));
    else this.#pieces++;
    return event;
  }

  /** Ends it if it still runs; nothing is held against the place. */
  cancel(): void {
    this.#end({ kind: 'void' });
    if (!this.#over) this.#controller.abort(CANCELLED);
    void this.#events.return?.();
  }

  /** Its answer is not wanted any more, only whether there is one: the request lives on elsewhere, and is not waited for here. */
  judge(): void {
    this.#options.signal.removeEventListener('abort', this.#leave);
    void this.begun.then((begun) => {
      if (begun) this.#end(answered(1));
      this.cancel();
    });
  }

  async #begin(): Promise<boolean> {
    const { drive, beginWithinMs } = this.#options;
    // A whole answer comes when all of it is written: how long that may take is the adapter's to say.
    const giveUp = this.#isStream
      ? drive.clock.after(beginWithinMs, () => this.#controller.abort(silent(beginWithinMs)))
      : () => undefined;
    try {
      const event = await this.#next();
      if (event.type === 'error') return this.#fail(event.error);
      this.#first = event;
      if (this.#isStream) drive.firstToken(this.placement);
      return true;
    } finally {
      giveUp();
      this.#live();
    }
  }

  /** What is said next but for the start, which says only that the place lives. A stream that stops without an end has failed. */
  async #next(): Promise<Content> {
    try {
      for (;;) {
        const next = await this.#events.next();
        if (next.done === true) return failed(new PlatformError('upstream_failed', STOPPED));
        const event = next.value;
        this.#over = event.type === 'end' || event.type === 'error';
        if (event.type !== 'start') return event;
        this.#live();
      }
    } catch (error) {
      return failed(PlatformError.from(error));
    }
  }

  #fail(error: PlatformError): false {
    const { reason } = this.#controller.signal as { reason: unknown };
    // What we ended ourselves for its silence is a failure of the place, and not a caller who left.
    this.failure = reason instanceof PlatformError && reason !== CANCELLED ? reason : error;
    this.#end(outcomeOf(this.failure));
    this.cancel();
    return false;
  }

  #end(outcome: CallOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.signal.removeEventListener('abort', this.#leave);
    this.#options.drive.ended(this.placement, outcome);
  }

  readonly #leave = (): void => {
    this.#controller.abort(this.#options.signal.reason);
  };
}

const CANCELLED = new PlatformError('client_closed', 'Another place answers.');
const STOPPED = 'The model stopped without finishing its answer. Retry shortly.';

const failed = (error: PlatformError): Content => ({ type: 'error', error });

function answered(completionTokens: number, cachedTokens?: number): CallOutcome {
  return { kind: 'answered', completionTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
}

function silent(milliseconds: number): PlatformError {
  return new PlatformError(
    'upstream_timeout',
    `The model did not begin to answer within ${milliseconds / 1_000} s. Retry shortly.`,
  );
}
