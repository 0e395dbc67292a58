import { Chooser, mayTake, type Verdict } from './choose-member.ts';
import { checkPools } from './check-pools.ts';
import { Member, Pool } from './member.ts';
import { Placed, type PlacedBy } from './placed.ts';
import { DEFAULT_POLICY, type RoutingPolicy } from './policy.ts';
import type { MemberLoad, MemberState, PoolSettings, RouteAnswer, RouteAsk, Router, RouteTicket } from './router.ts';
import { WaitingQueue, type Waiter, type WaitingList } from './waiting-queue.ts';

export interface RouterOptions {
  readonly pools: readonly PoolSettings[];
  /** What differs from `DEFAULT_POLICY`; a group in it is given whole. */
  readonly policy?: Partial<RoutingPolicy>;
  /** Numbers in [0, 1): who draws the canary, and when breakers try again. @default Math.random */
  readonly random?: () => number;
}

/** Milliseconds named to those who are refused. */
const SOONEST_RETRY = 500;
const LATEST_RETRY = 60_000;
/** How far behind the first one is looked for that fits a member better, what it must spare, and how often one may be passed. */
const LOOKED_AT = 128;
const WORTH_TOKENS = 128;
const PASSED_MOST = 8;
/** A draw that no canary has. */
const NO_CANARY = 1;
const ANSWERED: RouteTicket = { withdraw: () => undefined };

/** @throws PlatformError `configuration` where pools or members cannot be told apart, or a number makes no sense */
export function createRouter(options: RouterOptions): Router {
  return new PoolRouter(options);
}

class PoolRouter implements Router {
  readonly #policy: RoutingPolicy;
  readonly #random: () => number;
  readonly #members: readonly Member[];
  readonly #byId: ReadonlyMap<string, Member>;
  readonly #chooser: Chooser;
  readonly #placedBy: PlacedBy;
  readonly #hasCanary: boolean;
  readonly #queue = new WaitingQueue();
  #draining = false;
  #drainAgain = false;
  /** When time alone may make a place for those who wait. */
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor({ pools, policy, random = Math.random }: RouterOptions) {
    checkPools(pools);
    this.#policy = { ...DEFAULT_POLICY, ...policy };
    this.#random = random;
    let drawn = 0;
    let index = 0;
    this.#members = pools.flatMap((settings) => {
      const pool = new Pool(settings, drawn);
      drawn += settings.canaryShare ?? 0;
      return settings.members.map((member) => new Member(pool, member, index++, this.#policy, random));
    });
    this.#byId = new Map(this.#members.map((member) => [member.settings.id, member]));
    this.#hasCanary = drawn > 0;
    this.#chooser = new Chooser(this.#members, this.#policy);
    this.#placedBy = {
      policy: this.#policy,
      prefixes: this.#chooser.prefixes,
      freed: (member, now, lost) => {
        if (lost) this.#chooser.prefixes.forget(member.index);
        this.#drain(now);
      },
    };
  }

  ask(ask: RouteAsk, now: number, answered: (answer: RouteAnswer) => void): RouteTicket {
    if (now >= this.#wakeAt) this.#drain(now);
    const isFirstTry = ask.excluded === undefined || ask.excluded.size === 0;
    const draw = this.#hasCanary && isFirstTry ? this.#random() : NO_CANARY;
    const verdict = this.#chooser.choose(ask, now, draw);
    if (verdict === 'chosen' || !this.#mayWait(verdict, ask, now)) {
      answered(verdict === 'chosen' ? this.#place(ask, now, 0) : this.#lastChance(ask, now, draw, 0));
      return ANSWERED;
    }
    const deadline = now + this.#policy.patienceMs[ask.class];
    const links = { passed: 0, list: undefined, before: undefined, after: undefined };
    const waiter: Waiter = { ask, since: now, deadline, draw, answered, ...links };
    this.#queue.add(waiter);
    this.#wakeAt = this.#nextWake(now);
    return {
      withdraw: (at) => {
        if (this.#queue.remove(waiter)) this.#drain(at);
      },
    };
  }

  observe(memberId: string, load: MemberLoad, now: number): void {
    this.#byId.get(memberId)?.observe(load, now);
  }

  tick(now: number): void {
    this.#drain(now);
    for (const list of this.#queue.lists)
      while (list.first !== undefined && list.first.deadline <= now) {
        const { first } = list;
        this.#queue.remove(first);
        first.answered(this.#lastChance(first.ask, now, first.draw, now - first.since));
      }
  }

  nextTick(): number | undefined {
    const deadline = this.#queue.firstDeadline();
    return deadline === undefined ? undefined : Math.min(deadline, this.#wakeAt);
  }

  state(now: number): readonly MemberState[] {
    return this.#members.map((member) => member.state(now));
  }

  /** Where the chooser has just pointed. */
  #place(ask: RouteAsk, now: number, queuedMs: number): RouteAnswer {
    const { member, reason, prefixes } = this.#chooser;
    const { index } = member!;
    const cached = { tokens: prefixes.cachedTokens[index]!, readSince: prefixes.readSince[index]! };
    const tokens = ask.promptTokens - cached.tokens;
    prefixes.record(ask, index, tokens);
    const why = queuedMs > 0 ? 'queued' : reason;
    return { kind: 'placed', placement: new Placed(member!, why, queuedMs, tokens, cached, now, this.#placedBy) };
  }

  /** Serves those who wait, as far as there are places. */
  #drain(now: number): void {
    if (this.#queue.size === 0) {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      return;
    }
    // Whoever is answered may end a call, or withdraw one, before it returns.
    this.#drainAgain = true;
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#drainAgain) {
        this.#drainAgain = false;
        for (const list of this.#queue.lists) this.#serve(list, now);
      }
    } finally {
      this.#draining = false;
      this.#wakeAt = this.#nextWake(now);
    }
  }

  #serve(list: WaitingList, now: number): void {
    let waiter = list.first;
    while (waiter !== undefined) {
      const { ask, draw } = waiter;
      if (this.#chooser.choose(ask, now, draw) === 'chosen') {
        const fitting = this.#fitting(waiter, this.#chooser.member!);
        // Its own best place may be another.
        if (fitting !== waiter) this.#chooser.choose(fitting.ask, now, fitting.draw);
        this.#queue.remove(fitting);
        fitting.answered(this.#place(fitting.ask, now, now - fitting.since));
        waiter = list.first;
      } else if (ask.excluded === undefined || ask.excluded.size === 0) return;
      // Those behind it may be let in where it has been.
      else waiter = waiter.after;
    }
  }

  /** Of those that wait, the one whose beginning a free member has, if that spares it much: were all of them sent to any, none would find it. */
  #fitting(first: Waiter, member: Member): Waiter {
    if (first.passed >= PASSED_MOST) return first;
    const { prefixes } = this.#chooser;
    let best = first;
    let least = prefixes.cachedBy(member.index, first.ask) + WORTH_TOKENS;
    let other = first.after;
    for (let seen = 0; seen < LOOKED_AT && other !== undefined; seen++, other = other.after) {
      if (!mayTake(member, other.ask)) continue;
      const cached = prefixes.cachedBy(member.index, other.ask);
      if (cached > least) [best, least] = [other, cached];
    }
    if (best !== first) first.passed += 1;
    return best;
  }

  /** Whether there is room to wait, and a place can be expected in time. */
  #mayWait(verdict: Exclude<Verdict, 'chosen'>, ask: RouteAsk, now: number): boolean {
    if (verdict === 'nowhere' || this.#queue.ahead(ask.class) >= this.#policy.queueLimit) return false;
    return this.#waitMs(verdict, ask, now) <= this.#policy.patienceMs[ask.class];
  }

  /** It waits no more: whatever may take it does, or it is refused. */
  #lastChance(ask: RouteAsk, now: number, draw: number, queuedMs: number): RouteAnswer {
    const why = this.#chooser.choose(ask, now, draw, true);
    if (why === 'chosen') return this.#place(ask, now, queuedMs);
    if (why === 'nowhere') return { kind: 'refused', why, retryAfterMs: 0 };
    const waitMs = this.#waitMs(why, ask, now);
    return { kind: 'refused', why, retryAfterMs: Math.max(SOONEST_RETRY, Math.min(LATEST_RETRY, waitMs)) };
  }

  /** Milliseconds until a place can be expected. */
  #waitMs(why: 'full' | 'down', ask: RouteAsk, now: number): number {
    let perMs = 0;
    let wakeMs = Number.POSITIVE_INFINITY;
    for (const member of this.#members) {
      if (!mayTake(member, ask)) continue;
      if (member.breaker.letsThrough(now)) perMs += member.limit.value / Math.max(1, member.duration.value ?? 1);
      else wakeMs = Math.min(wakeMs, Math.max(0, member.breaker.openUntil - now));
    }
    return why === 'down' ? wakeMs : this.#queue.ahead(ask.class) / perMs;
  }

  #nextWake(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const member of this.#members) earliest = Math.min(earliest, member.wakesAt(now));
    return earliest;
  }
}
