import type { CallerClass, Placement, RouteAsk } from '@plinth/models/routing';

/** One request on its way. Times are milliseconds of the simulation. */
export class SimRequest {
  placement: Placement | undefined;
  excluded: Set<string> | undefined;
  tries = 0;
  /** Times it came again after it was refused. */
  cameAgain = 0;
  /** When a server gave it a slot. */
  startedAt = -1;
  firstTokenAt = -1;
  /** Of the prompt, found in the server's cache. */
  cachedTokens = 0;
  /** Where the server's token clock stands when it is done; the server's own. */
  endsAtToken = 0;

  constructor(
    readonly arrivedAt: number,
    /** Requests of the day that it stands for; 0 while warming up. */
    readonly weight: number,
    /** Which window of the trace it belongs to. */
    readonly window: number,
    readonly caller: CallerClass,
    readonly stayLocal: boolean,
    readonly prompt: Prompt,
    readonly completionTokens: number,
  ) {}
}

/** A prompt as servers and routers see it. */
export interface Prompt {
  /** Hashes of its beginnings, shortest first, and how many tokens each has. */
  readonly prefixes: readonly number[];
  readonly prefixTokens: readonly number[];
  readonly tokens: number;
}

/** What a router is asked. The request itself is there for schedulers that may know everything; `createRouter` looks at none of it. */
export interface SimAsk extends RouteAsk {
  readonly request: SimRequest;
}
