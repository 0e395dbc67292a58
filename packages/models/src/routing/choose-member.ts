import type { Member } from './member.ts';
import type { RoutingPolicy } from './policy.ts';
import { PrefixTable } from './prefix-table.ts';
import type { RouteAsk, RouteReason } from './router.ts';

export type Verdict = 'chosen' | 'full' | 'down' | 'nowhere';

/** Milliseconds that a full member is worse than an empty one: more answers at once are each slower. */
const CROWDED_MS = 60;

/**
 * Which member a request goes to, out of one pass over all of them. The answer lies in its fields until the next call, so that a decision
 * leaves nothing behind to be collected.
 */
export class Chooser {
  member: Member | undefined;
  reason: RouteReason = 'own-free';
  readonly prefixes: PrefixTable;
  readonly #hasCanary: boolean;

  constructor(
    private readonly members: readonly Member[],
    private readonly policy: RoutingPolicy,
  ) {
    this.prefixes = new PrefixTable(policy.prefixes, members.length);
    this.#hasCanary = members.some(({ pool }) => pool.isCanary);
  }

  /**
   * @param draw which canary takes it, if one does: a number in [0, 1)
   * @param waited it will not wait any more, so that a batch may go to a managed pool, too
   */
  choose(ask: RouteAsk, now: number, draw: number, waited = false): Verdict {
    const { policy } = this;
    this.member = undefined;
    const { cachedTokens } = this.prefixes;
    // Looked up for the first that has room: when all are full, there is nothing to compare.
    let hasLooked = false;
    // A canary takes its share and nothing else, unless there is nothing else.
    const besides = this.#hasCanary && this.members.some((each) => !each.pool.isCanary && mayTake(each, ask));
    const share = policy.ownShare[ask.class];
    let [eligible, alive, owns, ownsUp] = [0, 0, 0, 0];
    let probe: Member | undefined;
    let [own, ownScore, ownMs] = [undefined as Member | undefined, Infinity, Infinity];
    let [crowded, crowdedScore] = [undefined as Member | undefined, Infinity];
    let [managed, managedScore, managedMs] = [undefined as Member | undefined, Infinity, Infinity];
    for (const member of this.members) {
      if (!mayTake(member, ask)) continue;
      const { settings } = member.pool;
      const isTried = besides && member.pool.isCanary;
      if (isTried && !member.pool.isDrawn(draw)) continue;
      eligible += 1;
      const isOwn = settings.owner === 'own';
      if (isOwn) owns += 1;
      if (!member.breaker.letsThrough(now)) continue;
      alive += 1;
      if (isOwn) ownsUp += 1;
      if (!member.hasRoom(now, 1)) continue;
      if (!hasLooked) this.prefixes.look(ask);
      hasLooked = true;
      if (isTried) return this.#take(member, 'canary');
      if (isOwn && !member.breaker.isClosed) {
        probe ??= member;
        continue;
      }
      const ms = member.predict(ask.promptTokens - cachedTokens[member.index]!, now);
      const score = ms + (CROWDED_MS * member.inFlight) / member.limit.value;
      if (!isOwn) {
        const usd = costOf(member, ask);
        const late = ask.class === 'interactive' && ms > policy.sloTtftMs;
        // The cheapest that is in time, else the fastest.
        const rank = late ? 1e12 + ms : usd * 1e6 + ms / 1e6;
        if (rank < managedScore) [managed, managedScore, managedMs] = [member, rank, ms];
      } else if (share === 1 || member.hasRoom(now, share)) {
        if (score < ownScore) [own, ownScore, ownMs] = [member, score, ms];
      } else if (score < crowdedScore) [crowded, crowdedScore] = [member, score];
    }
    if (eligible === 0) return 'nowhere';
    // One that has already failed elsewhere is not spent on trying.
    if (probe !== undefined && (ask.excluded === undefined || ask.excluded.size === 0))
      return this.#take(probe, 'probe');
    const late = ask.class === 'interactive' && ownMs > policy.spillAbove * policy.sloTtftMs;
    if (own !== undefined && !(late && managed !== undefined && managedMs < ownMs))
      return this.#take(own, eligible === 1 ? 'only' : cachedTokens[own.index]! > 0 ? 'prefix' : 'own-free');
    // Batch waits for what is paid already.
    if (managed !== undefined && (owns === 0 || ask.class !== 'batch' || waited))
      return this.#take(managed, owns === 0 ? 'only' : ownsUp === 0 ? 'own-down' : 'spilled');
    if (crowded !== undefined && (ask.class === 'experimental' || waited))
      return this.#take(crowded, cachedTokens[crowded.index]! > 0 ? 'prefix' : 'own-free');
    if (probe !== undefined) return this.#take(probe, 'probe');
    return (ask.class === 'batch' && owns > 0 ? ownsUp : alive) === 0 ? 'down' : 'full';
  }

  #take(member: Member, reason: RouteReason): 'chosen' {
    this.member = member;
    this.reason = member.breaker.isClosed ? reason : 'probe';
    return 'chosen';
  }
}

/** Whether a member may have the request at all, however things stand. */
export function mayTake(member: Member, ask: RouteAsk): boolean {
  if (ask.stayLocal && !member.pool.settings.local) return false;
  return ask.excluded === undefined || !ask.excluded.has(member.settings.id);
}

function costOf({ pool: { settings } }: Member, ask: RouteAsk): number {
  return (settings.price.input * ask.promptTokens + settings.price.output * ask.completionTokens) / 1e6;
}
