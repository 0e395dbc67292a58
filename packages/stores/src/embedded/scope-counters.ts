import type { PeriodUsage, ScopeUsage } from '../ports/ledger.ts';
import type { Periods } from '../ledger/periods.ts';

/**
 * Counters of one scope: for minute, day and month the period in use and the one before it, each as
 * `[period, requests, tokens, nanoUsd]`; 24 numbers in all, which is also how they are stored. The one before is kept so that a late
 * settlement still finds it, and so that a clock set wrong and set back finds what was counted already.
 */
const GENERATION = 4;
const MINUTE = 0;
const DAY = 8;
const MONTH = 16;
export const COUNTER_COUNT = 24;

export class ScopeCounters {
  readonly values: number[];
  /** Reservations in force that hold a slot. Not stored: it is how many there are. */
  concurrent = 0;

  constructor(values: readonly number[] | undefined) {
    this.values = values ? [...values] : new Array<number>(COUNTER_COUNT).fill(0);
  }

  /** Adds to the periods a request reserved at `periods` counts in, turning a new period over where one has begun. */
  add(periods: Periods, requests: number, tokens: number, nanoUsd: number, standing: boolean): void {
    if (!standing) this.#addAt(this.#open(MINUTE, periods.minute), requests, tokens, nanoUsd);
    this.#addAt(this.#open(DAY, periods.day), requests, tokens, nanoUsd);
    this.#addAt(this.#open(MONTH, periods.month), requests, tokens, nanoUsd);
  }

  /** Corrects those periods where they are still kept; what is older no longer limits anything. */
  correct(periods: Periods, tokens: number, nanoUsd: number, standing: boolean): void {
    if (!standing) this.#addAt(this.#find(MINUTE, periods.minute), 0, tokens, nanoUsd);
    this.#addAt(this.#find(DAY, periods.day), 0, tokens, nanoUsd);
    this.#addAt(this.#find(MONTH, periods.month), 0, tokens, nanoUsd);
  }

  /** True when the request fits all limits. In the order of LIMIT_RULES, written out because every request passes here. */
  fits(periods: Periods, limits: ArrayLike<number>, tokens: number, nanoUsd: number): boolean {
    const minute = this.#find(MINUTE, periods.minute);
    const day = this.#find(DAY, periods.day);
    const month = this.#find(MONTH, periods.month);
    return (
      this.#at(minute, 1) + 1 <= limits[0]! &&
      this.concurrent + 1 <= limits[1]! &&
      this.#at(minute, 2) + tokens <= limits[2]! &&
      this.#at(day, 2) + tokens <= limits[3]! &&
      this.#at(month, 2) + tokens <= limits[4]! &&
      this.#at(day, 3) + nanoUsd <= limits[5]! &&
      this.#at(month, 3) + nanoUsd <= limits[6]!
    );
  }

  /** Use against each of LIMIT_RULES. */
  used(periods: Periods): number[] {
    const minute = this.#find(MINUTE, periods.minute);
    const day = this.#find(DAY, periods.day);
    const month = this.#find(MONTH, periods.month);
    return [
      this.#at(minute, 1),
      this.concurrent,
      this.#at(minute, 2),
      this.#at(day, 2),
      this.#at(month, 2),
      this.#at(day, 3),
      this.#at(month, 3),
    ];
  }

  usage(scope: 'tenant' | 'key', id: string, periods: Periods): ScopeUsage {
    return {
      scope,
      id,
      minute: this.#usageAt(this.#find(MINUTE, periods.minute)),
      day: this.#usageAt(this.#find(DAY, periods.day)),
      month: this.#usageAt(this.#find(MONTH, periods.month)),
      concurrentRequests: this.concurrent,
    };
  }

  #at(offset: number, field: number): number {
    return offset < 0 ? 0 : this.values[offset + field]!;
  }

  #usageAt(offset: number): PeriodUsage {
    return { requests: this.#at(offset, 1), tokens: this.#at(offset, 2), nanoUsd: this.#at(offset, 3) };
  }

  #find(kind: number, period: number): number {
    if (this.values[kind] === period) return kind;
    return this.values[kind + GENERATION] === period ? kind + GENERATION : -1;
  }

  #open(kind: number, period: number): number {
    const found = this.#find(kind, period);
    if (found >= 0) return found;
    const values = this.values;
    const newest = period > values[kind]!;
    const offset = newest ? kind : kind + GENERATION;
    if (newest) for (let i = 0; i < GENERATION; i++) values[kind + GENERATION + i] = values[kind + i]!;
    values[offset] = period;
    values[offset + 1] = values[offset + 2] = values[offset + 3] = 0;
    return offset;
  }

  #addAt(offset: number, requests: number, tokens: number, nanoUsd: number): void {
    if (offset < 0) return;
    this.values[offset + 1]! += requests;
    this.values[offset + 2]! += tokens;
    this.values[offset + 3]! += nanoUsd;
  }
}
