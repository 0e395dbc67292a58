import { PlatformError } from '@plinth/contracts';
import { RateMeter } from '@plinth/batching';
import { addAmounts, NOTHING } from '@plinth/gateway';
import type { Amount, Clock, Ledger, Reservation } from '@plinth/stores';
import type { BatchRecord, BatchStore, RecordResult } from '@plinth/stores/batches';
import type { Pace } from '../batches/batch-view.ts';
import { reservationOf } from './reservation.ts';

export interface OutlaysOptions {
  readonly store: Pick<BatchStore, 'progress'>;
  readonly ledger: Pick<Ledger, 'lower'>;
  readonly clock: Clock;
  readonly onError: (error: PlatformError, batchId: string) => void;
  /** How often the ledger is told, milliseconds. @default 2_000 */
  readonly everyMs?: number;
}

interface Outlay {
  readonly total: number;
  readonly meter: RateMeter;
  /** What committed records were held to and did not use, and the ledger was not yet told. */
  free: Amount;
  /** As the ledger said last. */
  stands: Reservation | undefined;
  toldAt: number;
  telling: boolean;
}

/**
 * What the batches under way come to. After commits, a few times a minute at most, the ledger is told what a batch no longer needs: a record that
 * is committed needs what it used. What was committed before this process began the one before has told; what a kill kept it from telling
 * stays reserved until the end.
 */
export class Outlays {
  readonly #options: OutlaysOptions;
  readonly #outlays = new Map<string, Outlay>();
  /** By the very object that an engine gave and a commit carries. */
  readonly #worst = new WeakMap<Amount, Amount>();

  constructor(options: OutlaysOptions) {
    this.#options = options;
  }

  /** A record was held to `worstCase` and came to `used`: to be told before it is committed. */
  used(used: Amount, worstCase: Amount): void {
    this.#worst.set(used, worstCase);
  }

  committed(batch: BatchRecord, results: readonly RecordResult[]): void {
    const { clock, everyMs = 2_000 } = this.#options;
    const now = clock.now();
    const outlay = this.#of(batch, now);
    for (const { used } of results) {
      const worstCase = this.#worst.get(used);
      if (worstCase === undefined) continue;
      // A commit may be told of twice.
      this.#worst.delete(used);
      outlay.free = addAmounts(outlay.free, without(worstCase, used));
    }
    if (!outlay.telling && now - outlay.toldAt >= everyMs) void this.#tell(batch, outlay, now);
  }

  /** How fast a batch goes in this process; a guess where there are more. */
  pace(batchId: string): Pace {
    const outlay = this.#outlays.get(batchId);
    return { rate: outlay?.meter.rate(), endsAt: outlay?.meter.endOf(outlay.total) };
  }

  ended(batchId: string): void {
    this.#outlays.delete(batchId);
  }

  #of(batch: BatchRecord, now: number): Outlay {
    const known = this.#outlays.get(batch.id);
    if (known !== undefined) return known;
    const outlay = { total: batch.total, meter: new RateMeter(), free: NOTHING, toldAt: now, telling: false };
    const added = { ...outlay, stands: undefined };
    this.#outlays.set(batch.id, added);
    return added;
  }

  async #tell(batch: BatchRecord, outlay: Outlay, now: number): Promise<void> {
    const { store, ledger, onError } = this.#options;
    outlay.telling = true;
    outlay.toldAt = now;
    try {
      const { completed, failed } = await store.progress(batch.id);
      outlay.meter.note(completed + failed, now);
      const reserved = reservationOf(batch);
      // Before this process it may have been lowered: no lower than this asks only where it stands.
      const stands = outlay.stands ?? (await ledger.lower(reserved, reserved.worstCase));
      if (stands === undefined) return;
      const { free } = outlay;
      outlay.stands = await ledger.lower(stands, without(stands.worstCase, free));
      outlay.free = without(outlay.free, free);
    } catch (error) {
      onError(PlatformError.from(error), batch.id);
    } finally {
      outlay.telling = false;
    }
  }
}

/** What is left of one amount when another is taken off: never less than nothing. */
function without(whole: Amount, part: Amount): Amount {
  return {
    inputTokens: Math.max(0, whole.inputTokens - part.inputTokens),
    outputTokens: Math.max(0, whole.outputTokens - part.outputTokens),
    nanoUsd: Math.max(0, whole.nanoUsd - part.nanoUsd),
  };
}
