import type { PoolSettings } from '@plinth/models/routing';
import type { SimRequest } from '../sim-request.ts';
import { Histogram } from './histogram.ts';

/** Where requests of one part of the day went; requests of the day, not of the simulation. */
export interface WindowOutcome {
  readonly own: number;
  readonly managed: number;
  /** Neither answered nor on their way: refused, or failed after their first token. */
  readonly lost: number;
}

export interface Outcome {
  /** All of these are requests of the day, so not always whole. */
  readonly requests: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** Answered by a managed pool, of all. */
  readonly managed: number;
  /** Placed in a managed pool although a slot of an own server was free, of all. */
  readonly managedWhileFree: number;
  /** Prompt and answer tokens that managed pools were paid for. */
  readonly managedTokens: { readonly input: number; readonly output: number };
  /** Of interactive requests, those whose first token came within the SLO. */
  readonly sloAttainment: number;
  /** Milliseconds to the first token of interactive requests. */
  readonly ttftMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Milliseconds that slots of own servers were in use, summed over slots. */
  readonly slotMs: number;
  /** Prompt tokens that own servers found in their caches, of those they were given. */
  readonly cacheHitShare: number;
  readonly windows: readonly WindowOutcome[];
}

/** Adds up what becomes of requests. Those that only warm up have weight 0 and leave no mark. */
export class Recorder {
  readonly #ttft = new Histogram();
  readonly #own: Float64Array;
  readonly #managed: Float64Array;
  readonly #lost: Float64Array;
  #requests = 0;
  #answered = 0;
  #refused = 0;
  #failed = 0;
  #managedWhileFree = 0;
  #input = 0;
  #output = 0;
  #interactive = 0;
  #inTime = 0;
  #slotMs = 0;
  #ownPrompt = 0;
  #ownCached = 0;

  constructor(
    windows: number,
    private readonly sloTtftMs: number,
  ) {
    this.#own = new Float64Array(windows);
    this.#managed = new Float64Array(windows);
    this.#lost = new Float64Array(windows);
  }

  arrived({ weight, caller }: SimRequest): void {
    this.#requests += weight;
    if (caller === 'interactive') this.#interactive += weight;
  }

  firstToken({ arrivedAt, weight, caller }: SimRequest, now: number): void {
    if (caller !== 'interactive' || weight === 0) return;
    const ms = now - arrivedAt;
    this.#ttft.add(ms, weight);
    if (ms <= this.sloTtftMs) this.#inTime += weight;
  }

  /** @param ownFree whether a slot of an own server was free when it was placed */
  placedManaged({ weight }: SimRequest, ownFree: boolean): void {
    if (ownFree) this.#managedWhileFree += weight;
  }

  answered(request: SimRequest, { owner }: PoolSettings, now: number): void {
    const { weight, window, prompt } = request;
    this.#answered += weight;
    if (owner === 'own') {
      this.#own[window]! += weight;
      this.#slotMs += weight * (now - request.startedAt);
      this.#ownPrompt += weight * prompt.tokens;
      this.#ownCached += weight * request.cachedTokens;
      return;
    }
    this.#managed[window]! += weight;
    this.#input += weight * prompt.tokens;
    this.#output += weight * request.completionTokens;
  }

  refused({ weight, window }: SimRequest): void {
    this.#refused += weight;
    this.#lost[window]! += weight;
  }

  failed({ weight, window }: SimRequest): void {
    this.#failed += weight;
    this.#lost[window]! += weight;
  }

  outcome(): Outcome {
    const quantile = (share: number) => this.#ttft.quantile(share) ?? 0;
    return {
      requests: this.#requests,
      answered: this.#answered,
      refused: this.#refused,
      failed: this.#failed,
      managed: this.#managed.reduce((sum, each) => sum + each, 0),
      managedWhileFree: this.#managedWhileFree,
      managedTokens: { input: this.#input, output: this.#output },
      sloAttainment: this.#interactive === 0 ? 1 : this.#inTime / this.#interactive,
      ttftMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
      slotMs: this.#slotMs,
      cacheHitShare: this.#ownPrompt === 0 ? 0 : this.#ownCached / this.#ownPrompt,
      windows: Array.from(this.#own, (own, window) => ({
        own,
        managed: this.#managed[window]!,
        lost: this.#lost[window]!,
      })),
    };
  }
}
