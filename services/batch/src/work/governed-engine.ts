import type { Identity } from '@plinth/contracts';
import type { BatchRecordCall, RecordEngine, RecordOutcome } from '@plinth/batching';
import { answerReserved, type ReservedAnswerOptions } from '@plinth/gateway';
import type { Amount, Reservation } from '@plinth/stores';

export interface GovernedEngineOptions extends ReservedAnswerOptions {
  /** Whose records they are. */
  readonly identity: Identity;
  /** Under which all of them were admitted. */
  readonly reservation: Reservation;
  /** Told what a record was held to at most, before what it came to is given back. */
  readonly onUsed?: (used: Amount, worstCase: Amount) => void;
}

/** Runs each record on the path of a chat request, in the one reservation that its batch has made for all of them. */
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
    const call = { requestId, identity, reservation, body: line.body, signal };
    const options = { ...this.#options, callerClass: 'batch' as const };
    const { status, body, used, worstCase } = await answerReserved(options, call);
    onUsed?.(used, worstCase);
    return { status, body, used };
  }
}
