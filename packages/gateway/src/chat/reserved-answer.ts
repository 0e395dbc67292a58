import {
  PlatformError,
  toOpenAIError,
  type ChatCompletion,
  type Identity,
  type OpenAIErrorBody,
} from '@plinth/contracts';
import type { Amount, Reservation } from '@plinth/stores';
import type { Admit } from '../admission/admission.ts';
import { NOTHING } from '../admission/price.ts';
import { toChatCompletion } from '../wire/completion.ts';
import { createChatGateway, type ChatGatewayOptions } from './gateway.ts';

/** What answers requests that were admitted before. */
export type ReservedAnswerOptions = Omit<ChatGatewayOptions, 'identify' | 'admission' | 'grounding'>;

export interface ReservedCall {
  readonly requestId: string;
  /** Who asked, as they were when they did. */
  readonly identity: Identity;
  /** Under which it was admitted. Whoever made it settles it. */
  readonly reservation: Reservation;
  /** Of a chat request. */
  readonly body: object;
  readonly signal: AbortSignal;
  /** Told what a call of a model came to, whether there was an answer or not. */
  readonly onUsed?: (used: Amount) => void;
}

export interface ReservedAnswer {
  readonly status: number;
  readonly body: ChatCompletion | OpenAIErrorBody;
  readonly used: Amount;
  /** What it was held to at most. */
  readonly worstCase: Amount;
}

/**
 * Runs a request for whose answer nobody waits, on the path of every chat request: guard, context, model, guard, audit. Only admission is another: it
 * hands out the place that was reserved.
 *
 * Resolves with an answer, or with a refusal of this request (4xx). Throws what trying again may mend.
 */
export async function answerReserved(options: ReservedAnswerOptions, call: ReservedCall): Promise<ReservedAnswer> {
  const { requestId, identity, signal } = call;
  const place = new Place(call.reservation, call.onUsed);
  const gateway = createChatGateway({ ...options, identify: () => Promise.resolve(identity), admission: place });
  const answered = (status: number, body: ReservedAnswer['body']): ReservedAnswer => {
    return { status, body, used: { ...place.used }, worstCase: place.worstCase };
  };
  // The path ends a request by aborting it, and that must not end the caller's.
  const controller = new AbortController();
  const leave = () => controller.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    // Nobody reads along.
    const body = Buffer.from(JSON.stringify({ ...call.body, stream: false, stream_options: undefined }));
    const run = await gateway({ requestId, authorization: undefined, body, controller });
    return answered(200, await toChatCompletion(run));
  } catch (error) {
    const failure = PlatformError.from(error);
    if (failure.status >= 500 || failure.retryable) throw failure;
    return answered(failure.status, toOpenAIError(failure, requestId));
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** A place in a reservation that was made before. */
class Place implements Admit {
  readonly #reservation: Reservation;
  readonly #onUsed: ((used: Amount) => void) | undefined;
  used: Amount = NOTHING;
  worstCase: Amount = NOTHING;

  constructor(reservation: Reservation, onUsed: ((used: Amount) => void) | undefined) {
    this.#reservation = reservation;
    this.#onUsed = onUsed;
  }

  async admit(...[, , worstCase]: Parameters<Admit['admit']>): ReturnType<Admit['admit']> {
    this.worstCase = worstCase;
    return {
      reservation: { ...this.#reservation, worstCase },
      settle: async (used) => {
        this.used = used;
        this.#onUsed?.(used);
      },
    };
  }
}
