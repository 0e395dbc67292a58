import {
  RetryBudget,
  type CallOutcome,
  type Placement,
  type RetryPolicy,
  type RouteAnswer,
  type Router,
} from '@plinth/models/routing';
import { EventHeap } from './event-heap.ts';
import type { Recorder } from './outcome/recorder.ts';
import type { ManagedEndpoint } from './servers/managed-endpoint.ts';
import type { OwnServer, ServerHost } from './servers/own-server.ts';
import type { SimAsk, SimRequest } from './sim-request.ts';
import type { Arrivals } from './traffic/arrivals.ts';
import type { RequestSource } from './traffic/request-source.ts';

/** A server that is down for a while, milliseconds of the simulation. */
export interface Outage {
  readonly server: string;
  readonly from: number;
  readonly until: number;
}

export interface SimulationParts {
  readonly router: Router;
  readonly servers: readonly OwnServer[];
  readonly endpoints: readonly ManagedEndpoint[];
  readonly arrivals: Arrivals;
  readonly source: RequestSource;
  readonly recorder: Recorder;
  readonly retry: RetryPolicy;
  readonly outages?: readonly Outage[];
  /** Called about every ten thousand requests. @param traceSecond how far it is */
  readonly onProgress?: (traceSecond: number) => void;
}

/** Kinds of events; the rest of an event's code says which server, request or outage. */
const KINDS = 16;
const [ARRIVAL, SERVER, MANAGED_FIRST, MANAGED_END, TICK, OBSERVE, FALL, RISE, COME_AGAIN] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
/** As the gateway asks servers for their metrics, milliseconds. */
const OBSERVE_EVERY = 1_000;
/** Places a request is tried at, as by `PooledModel`. */
const MOST_TRIES = 3;
/** A batch is not given up where there is no room: its requests come again, so often and after so many milliseconds at least. */
const COMES_AGAIN = 20;
const COMES_AGAIN_AFTER = 15_000;
const PROGRESS_EVERY = 16_384;

/** Drives a router with traffic and simulated servers, in virtual time. It is run once. */
export class Simulation implements ServerHost {
  readonly #parts: SimulationParts;
  readonly #events = new EventHeap();
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #endpoints: ReadonlyMap<string, ManagedEndpoint>;
  /** Times that servers' events are planned for: others are out of date. */
  readonly #planned: Float64Array;
  /** Requests that events name: at managed endpoints, or to come again. */
  readonly #named: (SimRequest | undefined)[] = [];
  readonly #freeNames: number[] = [];
  readonly #budget: RetryBudget;
  #now = 0;
  #tickAt = Number.POSITIVE_INFINITY;
  /** Requests that have not come to an end. */
  #open = 0;
  #arrived = 0;
  #isOver = false;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
    this.#indexes = new Map(parts.servers.map(({ id }, index) => [id, index]));
    this.#endpoints = new Map(parts.endpoints.map((endpoint) => [endpoint.id, endpoint]));
    this.#planned = new Float64Array(parts.servers.length).fill(Number.POSITIVE_INFINITY);
    this.#budget = new RetryBudget(parts.retry);
  }

  /** Until the last request has come to its end. @returns milliseconds of the simulation */
  run(): number {
    const { router, outages = [], servers } = this.#parts;
    const events = this.#events;
    for (const [index, { from, until }] of outages.entries()) {
      events.push(from, FALL + KINDS * index);
      events.push(until, RISE + KINDS * index);
    }
    if (servers.length > 0) events.push(OBSERVE_EVERY, OBSERVE);
    this.#planArrival();
    while (!(this.#isOver && this.#open === 0) && events.pop()) {
      this.#now = events.time;
      this.#happen(events.code % KINDS, Math.floor(events.code / KINDS));
      const due = router.nextTick();
      if (due === undefined || due >= this.#tickAt) continue;
      this.#tickAt = due;
      events.push(due, TICK);
    }
    return this.#now;
  }

  firstToken(request: SimRequest, now: number): void {
    request.firstTokenAt = now;
    this.#parts.recorder.firstToken(request, now);
    request.placement!.firstToken(now);
  }

  finished(request: SimRequest, now: number): void {
    const { completionTokens, cachedTokens } = request;
    const placement = request.placement!;
    this.#open -= 1;
    this.#parts.recorder.answered(request, placement.pool, now);
    placement.ended(now, { kind: 'answered', completionTokens, cachedTokens });
  }

  #happen(kind: number, which: number): void {
    const now = this.#now;
    const { router, servers, outages = [] } = this.#parts;
    switch (kind) {
      case ARRIVAL:
        return this.#arrive();
      case SERVER:
        return this.#changeServer(which);
      case MANAGED_FIRST: {
        const request = this.#named[which]!;
        this.firstToken(request, now);
        const endpoint = this.#endpoints.get(request.placement!.memberId)!;
        this.#events.push(now + endpoint.answerMs(request), MANAGED_END + KINDS * which);
        return;
      }
      case MANAGED_END:
        return this.finished(this.#forget(which), now);
      case TICK:
        if (now < this.#tickAt) return;
        this.#tickAt = Number.POSITIVE_INFINITY;
        return router.tick(now);
      case OBSERVE:
        for (const server of servers) if (server.isUp) router.observe(server.id, server.load, now);
        this.#events.push(now + OBSERVE_EVERY, OBSERVE);
        return;
      case FALL:
        return this.#fall(servers[this.#indexes.get(outages[which]!.server)!]!);
      case RISE:
        servers[this.#indexes.get(outages[which]!.server)!]!.isUp = true;
        return;
      case COME_AGAIN:
        return this.#place(this.#forget(which));
    }
  }

  #planArrival(): void {
    const { arrivals } = this.#parts;
    if (arrivals.next()) this.#events.push(arrivals.at, ARRIVAL);
    else this.#isOver = true;
  }

  #arrive(): void {
    const { arrivals, source, recorder, onProgress } = this.#parts;
    const { traceSecond, rate, weight, window } = arrivals;
    const request = source.next(this.#now, rate, weight, window);
    this.#open += 1;
    this.#arrived += 1;
    if (this.#arrived % PROGRESS_EVERY === 0) onProgress?.(traceSecond);
    recorder.arrived(request);
    this.#budget.requested();
    this.#planArrival();
    this.#place(request);
  }

  #place(request: SimRequest): void {
    const { router, source } = this.#parts;
    const { prompt, stayLocal, excluded } = request;
    const ask: SimAsk = {
      request,
      class: request.caller,
      stayLocal,
      prefixes: prompt.prefixes,
      prefixTokens: prompt.prefixTokens,
      promptTokens: prompt.tokens,
      completionTokens: source.likelyCompletionTokens,
      excluded,
    };
    router.ask(ask, this.#now, (answer) => this.#answered(request, answer));
  }

  #answered(request: SimRequest, answer: RouteAnswer): void {
    if (answer.kind === 'refused') {
      this.#giveUp(request, answer.retryAfterMs, answer.why === 'nowhere');
      return;
    }
    const { placement } = answer;
    const now = this.#now;
    request.placement = placement;
    if (placement.pool.owner === 'managed') this.#sendManaged(request, placement);
    else {
      const index = this.#indexes.get(placement.memberId)!;
      const server = this.#parts.servers[index]!;
      if (!server.isUp) this.#elsewhere(request, placement, { kind: 'failed' });
      else if (!server.take(request, now)) this.#elsewhere(request, placement, { kind: 'overloaded' });
      else this.#plan(server, index);
    }
  }

  #sendManaged(request: SimRequest, placement: Placement): void {
    const { servers, recorder } = this.#parts;
    const now = this.#now;
    const ms = this.#endpoints.get(placement.memberId)!.take(now);
    if (ms === undefined) return this.#elsewhere(request, placement, { kind: 'overloaded' });
    const { excluded } = request;
    recorder.placedManaged(
      request,
      servers.some((server) => server.isUp && server.inUse < server.spec.slots && excluded?.has(server.id) !== true),
    );
    this.#events.push(now + ms, MANAGED_FIRST + KINDS * this.#name(request));
  }

  /** Nothing of an answer has come: another place may give it. */
  #elsewhere(request: SimRequest, placement: Placement, outcome: CallOutcome): void {
    request.excluded ??= new Set();
    request.excluded.add(placement.memberId);
    request.tries += 1;
    placement.ended(this.#now, outcome);
    if (request.tries < MOST_TRIES && this.#budget.take(this.#now)) this.#place(request);
    else this.#giveUp(request, OBSERVE_EVERY, false);
  }

  #giveUp(request: SimRequest, retryAfterMs: number, forGood: boolean): void {
    if (request.caller === 'batch' && !forGood && request.cameAgain < COMES_AGAIN) {
      request.cameAgain += 1;
      request.tries = 0;
      request.excluded = undefined;
      this.#events.push(
        this.#now + Math.max(COMES_AGAIN_AFTER, retryAfterMs),
        COME_AGAIN + KINDS * this.#name(request),
      );
      return;
    }
    this.#open -= 1;
    this.#parts.recorder.refused(request);
  }

  #changeServer(index: number): void {
    const server = this.#parts.servers[index]!;
    if (this.#now !== server.dueAt) return;
    server.change(this.#now);
    this.#plan(server, index);
  }

  #plan({ dueAt }: OwnServer, index: number): void {
    if (dueAt === this.#planned[index] || dueAt === Number.POSITIVE_INFINITY) return;
    this.#planned[index] = dueAt;
    this.#events.push(dueAt, SERVER + KINDS * index);
  }

  #fall(server: OwnServer): void {
    for (const request of server.die(this.#now)) {
      const placement = request.placement!;
      if (request.firstTokenAt < 0) {
        this.#elsewhere(request, placement, { kind: 'failed' });
        continue;
      }
      this.#open -= 1;
      this.#parts.recorder.failed(request);
      placement.ended(this.#now, { kind: 'failed' });
    }
  }

  #name(request: SimRequest): number {
    const name = this.#freeNames.pop() ?? this.#named.length;
    this.#named[name] = request;
    return name;
  }

  #forget(name: number): SimRequest {
    const request = this.#named[name]!;
    this.#named[name] = undefined;
    this.#freeNames.push(name);
    return request;
  }
}
