import type { Windows } from '../run/windows.ts';

/** An engine as far as choosing it goes. Its figures are what its operator knows of it, not promises. */
export interface PlanEngine {
  readonly name: string;
  /** Models it runs, by the names callers use. */
  readonly models: Readonly<Record<string, PlanPrice>>;
  /** Tokens a second that one batch gets of it, all calls together. */
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  /** Until it has begun: a queue, machines, weights. Milliseconds. */
  readonly startDelayMs: number;
  /** It takes no fewer records. @default 1 */
  readonly minRecords?: number;
  /** @default without bound */
  readonly maxRecords?: number;
  /** When it runs batches that can wait. @default always */
  readonly windows?: Windows;
  /** How often Spot takes its machine away, times an hour; it begins again each time. @default 0 */
  readonly interruptionsPerHour?: number;
}

/** US dollars a million tokens. */
export interface PlanPrice {
  readonly input: number;
  readonly output: number;
}

/** A distilled or quantized model that may stand in for another, and what was measured that it loses: the fall of its mean quality, from 0 to 1. */
export interface PlanSubstitute {
  readonly model: string;
  readonly inPlaceOf: string;
  readonly qualityLoss: number;
}

export interface PlanJob {
  readonly model: string;
  readonly records: number;
  readonly inputTokens: number;
  readonly outputTokens: {
    readonly expected: number;
    /** What the requests allow. */
    readonly worst: number;
  };
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly deadline: number;
  /** Waits for the engine's window where the deadline leaves time. @default true */
  readonly offPeak?: boolean;
  /** The engine that was asked for. @default any */
  readonly engine?: string;
  /** The most that the quality may fall. @default 0 */
  readonly qualityLoss?: number;
}

/** What a batch costs, in nano-US-dollars, rounded up. */
export interface PlanQuote {
  readonly expected: number;
  readonly worst: number;
}

/** A way to run the job, and what is expected of it. */
export interface PlannedRun {
  readonly engine: string;
  readonly model: string;
  /** What the model loses against the one that was asked for. */
  readonly qualityLoss: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly quote: PlanQuote;
  /** Its window would be too late. */
  readonly outsideWindow: boolean;
  readonly keepsDeadline: boolean;
}

export interface PlanRejection {
  readonly engine: string;
  readonly model: string;
  /** In words. */
  readonly reason: string;
}

export interface EngineChoice {
  /** Undefined where nothing can run the job. */
  readonly chosen: (PlannedRun & { readonly reasons: readonly string[] }) | undefined;
  /** Every other way, and why not. */
  readonly rejected: readonly PlanRejection[];
}
