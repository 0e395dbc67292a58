import type { AuditRoute, ErrorCode } from '@plinth/contracts';
import type { GroundingOutcome } from './grounding/grounding.ts';
import type { GuardFinding } from './guard/guard.ts';

/** How one request ended, in numbers: for metrics and the access log. No text of anybody's. */
export interface RequestSummary {
  readonly requestId: string;
  readonly outcome: 'allowed' | 'refused' | 'failed' | 'cancelled';
  readonly error?: ErrorCode;
  readonly finish?: string;
  readonly tenant?: string;
  readonly model?: string;
  readonly stream: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: number;
  readonly durationMs: number;
  /** To the first token sent; absent when none was. */
  readonly ttftMs?: number;
  readonly guard: readonly GuardFinding[];
  /** Of answers from documents. */
  readonly grounding?: GroundingOutcome;
  /** Of models with pools. */
  readonly route?: AuditRoute;
}

/** Hears how every request ended. Must not throw and must not block. */
export type Observe = (summary: RequestSummary) => void;
