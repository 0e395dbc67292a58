import { type CatalogModel, type ModelPrice, PlatformError } from '@plinth/contracts';
import { clientClosed } from '../../client-closed.ts';
import type { ModelClient, ModelEvent, ModelRequest, ModelRoute } from '../../model-client.ts';
import type { RetryBudget } from '../retry-budget.ts';
import type { Placement, RouteAsk } from '../router.ts';
import { Attempt } from './attempt.ts';
import { isLate } from './clock.ts';
import type { FirstTokenTimes } from './first-token-times.ts';
import type { LikelyCompletion } from './likely-tokens.ts';
import { outcomeOf, refusedError } from './outcome.ts';
import type { RouterDrive } from './router-drive.ts';

/** What all requests for one model share. */
export interface PooledCallParts {
  readonly model: CatalogModel;
  readonly drive: RouterDrive;
  /** By the ids of members. */
  readonly clients: ReadonlyMap<string, ModelClient>;
  /** By the ids of pools. */
  readonly prices: ReadonlyMap<string, ModelPrice>;
  /** Members that are paid by the token, which are never asked beside another. */
  readonly managed: ReadonlySet<string>;
  readonly budget: RetryBudget;
  readonly times: FirstTokenTimes;
  readonly completion: LikelyCompletion;
  readonly beginWithinMs: number;
  /** Of the answers there were, how many began sooner than a second place is asked; absent asks none. */
  readonly hedgeShare: number | undefined;
}

/** Places a request is tried at before its error is told. */
const MAX_TRIES = 3;
/** A place that was out of order is given so long to show that it lives, before another is asked as well. */
const PROBE_MS = 25;

const SLOW = new PlatformError('upstream_timeout', 'No place began to answer in time. Retry shortly.');

/**
 * One request on its way through the pools: placed, and placed again while nothing of an answer was told. Its `start` comes with the first token,
 * since until then another place may be the one to answer.
 */
export class PooledCall {
  readonly #parts: PooledCallParts;
  readonly #request: ModelRequest;
  readonly #ask: RouteAsk;
  readonly #signal: AbortSignal;
  readonly #tried = new Set<string>();
  readonly #attempts: ModelRoute['attempts'][number][] = [];
  /** A place on probation that did not show that it lives: it answers only if no other does. */
  #slow: Attempt | undefined;
  #queuedMs = 0;

  constructor(parts: PooledCallParts, request: ModelRequest, ask: RouteAsk, signal: AbortSignal) {
    this.#parts = parts;
    this.#request = request;
    this.#ask = ask;
    this.#signal = signal;
  }

  async *events(): AsyncGenerator<ModelEvent> {
    let answering: Attempt | undefined;
    try {
      const found = this.#signal.aborted ? clientClosed(this.#signal) : await this.#find();
      if (!(found instanceof Attempt)) {
        yield { type: 'error', error: found, route: this.#route() };
        return;
      }
      answering = found;
      yield { type: 'start', route: this.#route(found.placement) };
      for (;;) {
        const event = await found.next();
        if (event.type === 'end') this.#parts.completion.learn(event.usage?.outputTokens);
        yield event;
        if (event.type === 'end' || event.type === 'error') return;
      }
    } finally {
      answering?.cancel();
      if (this.#slow !== answering) this.#slow?.judge();
    }
  }

  /** The place whose answer begins, or what to tell where none does. */
  async #find(): Promise<Attempt | PlatformError> {
    const { model, drive, budget } = this.#parts;
    let last: PlatformError | undefined;
    for (let tries = 1; ; tries++) {
      const answer = await drive.place({ ...this.#ask, excluded: this.#tried }, this.#signal);
      if (answer === undefined) return clientClosed(this.#signal);
      if (answer.kind === 'refused') return this.#slowOr(refusedError(model.id, answer, last));
      const tried = await this.#try(answer.placement);
      if (tried instanceof Attempt) return tried;
      if (tried !== 'slow') {
        last = tried;
        if (this.#signal.aborted || outcomeOf(tried).kind === 'void') return tried;
      }
      if (tries === MAX_TRIES) return this.#slowOr(last ?? SLOW);
      // Of probes there is one at a time: they cannot double the load of an outage.
      if (answer.placement.reason !== 'probe' && !budget.take(drive.clock.now())) return this.#slowOr(last ?? SLOW);
    }
  }

  async #try(placement: Placement): Promise<Attempt | PlatformError | 'slow'> {
    const { clock } = this.#parts.drive;
    this.#queuedMs += placement.queuedMs;
    const attempt = this.#begin(placement);
    if (placement.reason === 'probe' && this.#ask.class !== 'batch' && (await isLate(clock, attempt.alive, PROBE_MS))) {
      this.#slow?.judge();
      this.#slow = attempt;
      this.#note(placement, 'slow');
      return 'slow';
    }
    const from = clock.now();
    const answering = await this.#firstOf(attempt);
    if (answering !== undefined) {
      if (this.#request.stream) this.#parts.times.add(clock.now() - from);
      return answering;
    }
    const failure = attempt.failure!;
    this.#note(placement, failure.code);
    return failure;
  }

  /** The attempt once it has begun, or one beside it that was sooner; `undefined` when there is none. */
  async #firstOf(attempt: Attempt): Promise<Attempt | undefined> {
    const { drive, hedgeShare, times, managed } = this.#parts;
    const begun = attempt.begun.then((ok) => (ok ? attempt : undefined));
    const mayHedge = hedgeShare !== undefined && this.#ask.class === 'interactive' && this.#request.stream;
    const patience = mayHedge ? times.quantile(hedgeShare) : undefined;
    if (patience === undefined || !(await isLate(drive.clock, begun, patience))) return begun;
    const placement = drive.placeNow({ ...this.#ask, excluded: new Set([...this.#tried, ...managed]) });
    if (placement === undefined) return begun;
    const beside = this.#begin(placement);
    const besideBegun = beside.begun.then((ok) => (ok ? beside : undefined));
    const first = await Promise.race([
      begun.then((each) => each ?? besideBegun),
      besideBegun.then((each) => each ?? begun),
    ]);
    const lost = first === beside ? attempt : beside;
    lost.cancel();
    this.#note(lost.placement, lost.failure?.code ?? 'later');
    return first;
  }

  #begin(placement: Placement): Attempt {
    const { drive, beginWithinMs, clients } = this.#parts;
    this.#tried.add(placement.memberId);
    const client = clients.get(placement.memberId)!;
    return new Attempt(placement, client, this.#request, { drive, beginWithinMs, signal: this.#signal });
  }

  /** Where nothing else is left, the place that was slow to show that it lives may answer after all. */
  async #slowOr(error: PlatformError): Promise<Attempt | PlatformError> {
    const slow = this.#slow;
    if (slow === undefined) return error;
    return (await slow.begun) ? slow : slow.failure!;
  }

  #note({ pool, memberId }: Placement, outcome: string): void {
    this.#attempts.push({ pool: pool.id, member: memberId, outcome });
  }

  #route(placement?: Placement): ModelRoute {
    const attempts = [...this.#attempts];
    const price = this.#parts.prices.get(placement?.pool.id ?? attempts.at(-1)?.pool ?? '');
    const route = { queuedMs: Math.round(this.#queuedMs), attempts, ...(price && { price }) };
    if (placement === undefined) return route;
    const { pool, memberId: member, reason } = placement;
    return { ...route, pool: pool.id, member, reason };
  }
}
