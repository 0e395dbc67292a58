import { PlatformError, toOpenAIError, type Identity } from '@plinth/contracts';
import type { BatchRecordCall, RecordEngine, RecordOutcome } from '@plinth/batching';
import { createChatGateway, NOTHING, toChatCompletion, type Admit, type ChatGatewayOptions } from '@plinth/gateway';
import type { Amount, Reservation } from '@plinth/stores';

export interface GovernedEngineOptions extends Omit<ChatGatewayOptions, 'identify' | 'admission' | 'grounding'> {
  /** Whose records they are. */
  readonly identity: Identity;
  /** Under which all of them were admitted. */
  readonly reservation: Reservation;
  /** Told what a record was held to at most, before what it came to is given back. */
  readonly onUsed?: (used: Amount, worstCase: Amount) => void;
}

/**
 * Runs each record on the path of a chat request: guard, context, model, guard, audit. Only admission is another, as the batch has reserved for
 * all of them: it hands out places, and keeps what each came to.
 */
export class GovernedEngine implements RecordEngine {
  readonly #options: GovernedEngineOptions;

  constructor(options: GovernedEngineOptions) {
    this.#options = options;
  }

  async run(
    { line, requestId }: BatchRecordCall,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<RecordOutcome> {
    const { identity, reservation, onUsed } = this.#options;
    const place = new Place(reservation);
    const gateway = createChatGateway({
      ...this.#options,
      identify: () => Promise.resolve(identity),
      admission: place,
    });
    const answered = (status: number, body: unknown): RecordOutcome => {
      const used = { ...place.used };
      onUsed?.(used, place.worstCase);
      return { status, body, used };
    };
    // The path ends a request by aborting it, and that must not end the caller's.
    const controller = new AbortController();
    const leave = () => controller.abort(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      // Nobody reads along.
      const body = Buffer.from(JSON.stringify({ ...line.body, stream: false, stream_options: undefined }));
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
}

/** The place of one record in the reservation of its batch. */
class Place implements Admit {
  readonly #reservation: Reservation;
  used: Amount = NOTHING;
  worstCase: Amount = NOTHING;

  constructor(reservation: Reservation) {
    this.#reservation = reservation;
  }

  async admit(...[, , worstCase]: Parameters<Admit['admit']>): ReturnType<Admit['admit']> {
    this.worstCase = worstCase;
    return {
      reservation: { ...this.#reservation, worstCase },
      settle: async (used) => {
        this.used = used;
      },
    };
  }
}
