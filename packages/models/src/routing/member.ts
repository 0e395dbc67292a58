import { Backlog } from './backlog.ts';
import { Breaker } from './breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { Ewma } from './ewma.ts';
import { FirstTokenModel } from './first-token-model.ts';
import type { RoutingPolicy } from './policy.ts';
import type { MemberLoad, MemberSettings, MemberState, PoolSettings } from './router.ts';

/** First tokens after which what a member shows itself weighs as much as what its pool shows. */
const OWN_WORD = 4;
/** Milliseconds without a first token after which it weighs half as much. */
const FADES_MS = 60_000;
/** Use of the KV cache from which a new request waits for another to end. */
const KV_FULL = 0.95;
/** Requests waiting inside a member, as a part of those running, from which it is taken to queue; a few always are between two steps. */
const QUEUES = 0.25;
const FEW = 2;

/** What the members of one pool have in common: the same servers, so the same speeds, until one shows otherwise. */
export class Pool {
  readonly firstTokens = new FirstTokenModel();

  constructor(
    readonly settings: PoolSettings,
    /** Draws from here on, below `from + canaryShare`, send a request here. */
    private readonly canaryFrom: number,
  ) {}

  get isCanary(): boolean {
    return (this.settings.canaryShare ?? 0) > 0;
  }

  /** @param draw in [0, 1) */
  isDrawn(draw: number): boolean {
    return draw >= this.canaryFrom && draw < this.canaryFrom + (this.settings.canaryShare ?? 0);
  }
}

/** One server as the router sees it: what it was given, and what was measured of it. */
export class Member {
  readonly breaker: Breaker;
  readonly limit: ConcurrencyLimit;
  readonly ttft = new Ewma(0.1);
  readonly itl = new Ewma(0.1);
  readonly duration = new Ewma(0.05);
  inFlight = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  readonly #firstTokens = new FirstTokenModel();
  #measured = 0;
  #measuredAt = 0;
  readonly #backlog = new Backlog();
  #load: MemberLoad | undefined;
  #loadAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly pool: Pool,
    readonly settings: MemberSettings,
    /** Its number among all members. */
    readonly index: number,
    private readonly policy: RoutingPolicy,
    random: () => number,
  ) {
    this.breaker = new Breaker(policy.breaker, random);
    this.limit = new ConcurrencyLimit(settings.slots, settings.maxSlots, policy.sloTtftMs);
  }

  /** It said that it is full. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  /** When time alone lets a request through that it does not let through now; `Infinity` where it is not for time to say. */
  wakesAt(now: number): number {
    const at = Math.max(this.#pausedUntil, this.breaker.openUntil);
    return at > now ? at : Number.POSITIVE_INFINITY;
  }

  /** @param share part of its limit that may be in use */
  hasRoom(now: number, share: number): boolean {
    return now >= this.#pausedUntil && this.inFlight < Math.max(1, Math.floor(this.limit.value * share));
  }

  /** Milliseconds until the first token of a prompt, if it is sent now. @param tokens of it that are not in its cache */
  predict(tokens: number, now: number): number {
    const tokenMs = this.#tokenMs(now);
    return (
      this.#waitMs(now) +
      this.#own(this.#firstTokens.baseMs, this.pool.firstTokens.baseMs, now) +
      tokenMs * (this.#backlog.tokens(now, tokenMs) + tokens)
    );
  }

  /** Tokens ahead of a prompt that is sent now. */
  unread(now: number): number {
    return this.#backlog.tokens(now, this.#tokenMs(now));
  }

  begin(tokens: number, now: number): void {
    this.inFlight += 1;
    this.#backlog.add(tokens, now, this.#tokenMs(now));
  }

  /** The prompt was read, or will not be any more. */
  read(tokens: number, now: number): void {
    this.#backlog.remove(tokens, now, this.#tokenMs(now));
  }

  /** @param tokens that were read before it, those of others ahead included */
  measureFirstToken(tokens: number, ms: number, now: number): void {
    this.ttft.add(ms);
    const own = Math.max(1, ms - this.#waitMs(now));
    this.#firstTokens.add(tokens, own);
    this.pool.firstTokens.add(tokens, own);
    this.#measured += 1;
    this.#measuredAt = now;
  }

  observe(load: MemberLoad, now: number): void {
    const sinceLast = Math.min(this.policy.loadTtlMs, now - this.#loadAt);
    this.#load = load;
    this.#loadAt = now;
    if (load.waiting > FEW + QUEUES * load.running && this.inFlight > 0) this.limit.queues(now, sinceLast);
  }

  state(now: number): MemberState {
    return {
      pool: this.pool.settings.id,
      member: this.settings.id,
      breaker: this.breaker.state(now),
      inFlight: this.inFlight,
      limit: this.limit.value,
      ttftMs: this.ttft.value,
      itlMs: this.itl.value,
      load: now - this.#loadAt > this.policy.loadTtlMs ? undefined : this.#load,
    };
  }

  #tokenMs(now: number): number {
    return this.#own(this.#firstTokens.tokenMs, this.pool.firstTokens.tokenMs, now);
  }

  /** Its own value as far as it was measured, and lately; the pool's for the rest, so that a member once slow is tried again. */
  #own(own: number, pool: number, now: number): number {
    const told = this.#measured / (this.#measured + OWN_WORD) / (1 + (now - this.#measuredAt) / FADES_MS);
    return pool + told * (own - pool);
  }

  /** Milliseconds until it has room inside, by its own metrics: others may send to it, too. */
  #waitMs(now: number): number {
    if (this.#load === undefined || now - this.#loadAt > this.policy.loadTtlMs) return 0;
    const { waiting, running, kvCacheUse } = this.#load;
    const ahead = waiting + (kvCacheUse >= KV_FULL ? 1 : 0);
    return ahead === 0 ? 0 : (ahead * (this.duration.value ?? 0)) / Math.max(1, running);
  }
}
