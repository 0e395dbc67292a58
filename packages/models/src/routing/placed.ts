import type { Member } from './member.ts';
import type { RoutingPolicy } from './policy.ts';
import type { PrefixTable } from './prefix-table.ts';
import type { CallOutcome, Placement, PoolSettings, RouteReason } from './router.ts';

/** What a placement needs of the router that made it. */
export interface PlacedBy {
  readonly policy: RoutingPolicy;
  readonly prefixes: PrefixTable;
  /** @param lost whether its breaker has just opened */
  freed(member: Member, now: number, lost: boolean): void;
}

/** One request at one member, from its placement to its end: what the member learns from it. */
export class Placed implements Placement {
  readonly pool: PoolSettings;
  readonly memberId: string;
  readonly #probe: boolean;
  /** Tokens of others that are read before its own. */
  readonly #ahead: number;
  readonly #predictedMs: number;
  readonly #full: boolean;
  #firstTokenAt = -1;
  #ended = false;

  constructor(
    private readonly member: Member,
    readonly reason: RouteReason,
    readonly queuedMs: number,
    /** Of its prompt, those that the member has to read. */
    private readonly tokens: number,
    /** Of its prompt, those it is thought to have, and what it has read since it had them. */
    private readonly cached: { readonly tokens: number; readonly readSince: number },
    private readonly placedAt: number,
    private readonly router: PlacedBy,
  ) {
    this.pool = member.pool.settings;
    this.memberId = member.settings.id;
    this.#ahead = member.unread(placedAt);
    this.#predictedMs = member.predict(tokens, placedAt);
    this.#probe = member.breaker.begin();
    member.begin(tokens, placedAt);
    this.#full = member.inFlight >= member.limit.value;
  }

  firstToken(now: number): void {
    if (this.#firstTokenAt >= 0 || this.#ended) return;
    this.#firstTokenAt = now;
    const ms = now - this.placedAt;
    const { member } = this;
    member.read(this.tokens, now);
    member.limit.firstToken(now, this.placedAt, ms, this.#predictedMs, this.#full);
    member.measureFirstToken(this.#ahead + this.tokens, ms, now);
    // It lives, which is all a probe asks; the rest of the answer may take long.
    if (this.#probe) member.breaker.succeeded(now, true);
  }

  ended(now: number, outcome: CallOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const { member } = this;
    const answering = this.#firstTokenAt >= 0;
    const wasInFlight = member.inFlight;
    member.inFlight -= 1;
    if (!answering) member.read(this.tokens, now);
    const probe = this.#probe && !answering;
    let lost = false;
    switch (outcome.kind) {
      case 'answered':
        member.breaker.succeeded(now, probe);
        this.#learn(now, outcome.completionTokens, outcome.cachedTokens);
        break;
      case 'overloaded':
        // What says that it is full is not broken.
        if (probe) member.breaker.succeeded(now, true);
        member.limit.overloaded(now, this.placedAt, wasInFlight - 1);
        member.pause(
          now + Math.min(this.router.policy.longestPauseMs, outcome.retryAfterMs ?? this.router.policy.overloadPauseMs),
        );
        break;
      case 'failed': {
        const wasClosed = member.breaker.isClosed;
        member.breaker.failed(now, probe);
        lost = wasClosed && !member.breaker.isClosed;
        break;
      }
      case 'void':
        member.breaker.learnedNothing(probe);
    }
    this.router.freed(member, now, lost);
  }

  #learn(now: number, completionTokens: number, cachedTokens: number | undefined): void {
    const { member } = this;
    member.duration.add(now - this.placedAt);
    if (this.#firstTokenAt >= 0 && completionTokens > 1)
      member.itl.add((now - this.#firstTokenAt) / (completionTokens - 1));
    const { tokens, readSince } = this.cached;
    if (cachedTokens !== undefined && tokens > 0)
      this.router.prefixes.learn(member.index, tokens, readSince, cachedTokens);
  }
}
