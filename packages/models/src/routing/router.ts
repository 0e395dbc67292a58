/** What a caller is to a router: waits for a person, waits for nobody, or may be sent anywhere cheap to try. */
export type CallerClass = 'interactive' | 'batch' | 'experimental';

/** A pool as its settings describe it. Prices are US dollars per million tokens. */
export interface PoolSettings {
  readonly id: string;
  /** `own` capacity is paid whether it is used or not, so nearly free until it is full; `managed` is paid by the token. */
  readonly owner: 'own' | 'managed';
  /** True where data stays on site. */
  readonly local: boolean;
  readonly price: { readonly input: number; readonly output: number };
  /** Servers of the pool; a managed one has one, which is its endpoint. */
  readonly members: readonly MemberSettings[];
  /** Share of the requests that go here whatever the state, 0 to 1, for a model that is tried. @default 0 */
  readonly canaryShare?: number;
}

export interface MemberSettings {
  readonly id: string;
  /** Requests at once that it is begun with; measured from there. */
  readonly slots: number;
  /** Never more than this at once. */
  readonly maxSlots: number;
}

/** One request, as far as routing is concerned. Times are milliseconds of the clock that the router is driven by. */
export interface RouteAsk {
  readonly class: CallerClass;
  /** Data that must stay: pools that are not local do not exist for it, whatever the state of those that are. */
  readonly stayLocal: boolean;
  /** Hashes of the prompt's beginnings, shortest first, each over all messages up to one: what a server with a prefix cache has seen. */
  readonly prefixes: readonly number[];
  /** Tokens of each of them, as counted or guessed. @default parts of `promptTokens`, all messages alike */
  readonly prefixTokens?: readonly number[];
  /** Tokens, likely rather than at worst. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Members not to be tried (again). */
  readonly excluded?: ReadonlySet<string>;
}

/** Why a request went where it went, for people: kept in the audit record. */
export type RouteReason =
  | 'own-free' // own capacity had room
  | 'prefix' // own capacity that has seen the prompt's beginning
  | 'spilled' // own capacity was full, or would have answered too late
  | 'own-down' // own capacity is out of order
  | 'canary'
  | 'only' // the one place there is
  | 'probe' // a place that was out of order is tried again
  | 'queued'; // waited for a place

export interface Placement {
  readonly pool: PoolSettings;
  readonly memberId: string;
  readonly reason: RouteReason;
  /** Milliseconds spent waiting for it. */
  readonly queuedMs: number;
  /** Every one of these is called at most once, in this order, `ended` exactly once. */
  firstToken(now: number): void;
  ended(now: number, outcome: CallOutcome): void;
}

export type CallOutcome =
  | { readonly kind: 'answered'; readonly completionTokens: number; readonly cachedTokens?: number }
  /** It said that it is full (429, 503, ThrottlingException). */
  | { readonly kind: 'overloaded'; readonly retryAfterMs?: number }
  /** It is broken: no connection, 5xx, silence. */
  | { readonly kind: 'failed' }
  /** Nothing can be learned from it: the caller left, or the request itself was at fault. */
  | { readonly kind: 'void' };

export type RouteAnswer =
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** `full`: the queue is, or the wait would be too long. `down`: every place it may go is out of order. `nowhere`: no pool may take it. */
  | { readonly kind: 'refused'; readonly why: 'full' | 'down' | 'nowhere'; readonly retryAfterMs: number };

/** What a member's own metrics say (vLLM: num_requests_waiting, num_requests_running, kv_cache_usage_perc). */
export interface MemberLoad {
  readonly waiting: number;
  readonly running: number;
  /** 0 to 1. */
  readonly kvCacheUse: number;
}

/**
 * Decides where each request for one model goes. It does no I/O, reads no clock and sets no timer: who drives it passes the time, so
 * that the same code serves requests and simulates a day of them.
 */
export interface Router {
  /** `answered` is called once: at once, later from `ended`, `observe` or `tick`, or not any more after `withdraw`. */
  ask(ask: RouteAsk, now: number, answered: (answer: RouteAnswer) => void): RouteTicket;
  observe(memberId: string, load: MemberLoad, now: number): void;
  /** Gives up on what has waited too long; to be called at `nextTick`. */
  tick(now: number): void;
  /** When `tick` is due; `undefined` while nothing waits. */
  nextTick(): number | undefined;
  /** For metrics, the console and `/v1/routes`. */
  state(now: number): readonly MemberState[];
}

export interface RouteTicket {
  /** The caller left while it waited. Without effect once answered. */
  withdraw(now: number): void;
}

export interface MemberState {
  readonly pool: string;
  readonly member: string;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly inFlight: number;
  readonly limit: number;
  readonly ttftMs: number | undefined;
  readonly itlMs: number | undefined;
  readonly load: MemberLoad | undefined;
}
