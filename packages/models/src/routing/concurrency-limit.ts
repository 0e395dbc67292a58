/** Part that is left after a member said that it is full, and after signs that it queues. */
const AFTER_OVERLOAD = 0.75;
const AFTER_DELAY = 0.9;
/** Weight of the newest first token in the mean of how late they are. */
const NEWEST = 0.1;
/** First tokens may come later than predicted by this part of it, or of the SLO if that is more: less is chance, and harms nobody. */
const OF_PREDICTED = 0.5;
const OF_SLO = 0.25;
/** One that never comes must not outweigh all others, in times what is allowed. */
const LATEST = 10;

/**
 * How many requests a member is given at once: begins with what its settings say, grows by one for every full round of first tokens that
 * came on time while it was full, shrinks by a part when it says that it is full, or first tokens come late or after the SLO. Never under 1 or over `most`.
 */
export class ConcurrencyLimit {
  #limit: number;
  /** How late first tokens are, in times what is allowed. */
  #lateness = 0;
  /** What began before the last cut says nothing about the limit since. */
  #cutAt = Number.NEGATIVE_INFINITY;

  constructor(
    start: number,
    private readonly most: number,
    private readonly sloTtftMs: number,
  ) {
    this.#limit = Math.max(1, Math.min(start, most));
  }

  /** Requests at once, whole. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** @param full whether the member was as full as allowed when the call began */
  firstToken(now: number, startedAt: number, ttftMs: number, predictedMs: number, full: boolean): void {
    const allowed = Math.max(OF_PREDICTED * predictedMs, OF_SLO * this.sloTtftMs);
    const late = Math.max(0, Math.min(LATEST, Math.max((ttftMs - predictedMs) / allowed, ttftMs / this.sloTtftMs)));
    this.#lateness += NEWEST * (late - this.#lateness);
    if (this.#lateness > 1) this.#cut(now, startedAt, AFTER_DELAY);
    else if (full && late < 1) this.#limit = Math.min(this.most, this.#limit + 1 / this.#limit);
  }

  /** @param others requests it had of ours besides the one that was refused */
  overloaded(now: number, startedAt: number, others: number): void {
    // A limit far above what it took has been shown to be wrong.
    if (startedAt >= this.#cutAt) this.#limit = Math.min(this.#limit, Math.max(1, others));
    this.#cut(now, startedAt, AFTER_OVERLOAD);
  }

  /** Its metrics say that requests wait inside it. @param sinceMs since they last did */
  queues(now: number, sinceMs: number): void {
    this.#cut(now, now - sinceMs, AFTER_DELAY);
  }

  #cut(now: number, startedAt: number, part: number): void {
    if (startedAt < this.#cutAt) return;
    this.#limit = Math.max(1, this.#limit * part);
    this.#cutAt = now;
    this.#lateness = 0;
  }
}
