import { listOf, text } from './bounds.ts';
import * as z from './zod.ts';

/** Places one request may try, and so attempts that are told of it. */
export const MAX_ROUTE_ATTEMPTS = 8;

/** The way of a request through the pools of its model: where it was answered and why there, and what was tried before. */
export const AuditRoute = z.object({
  /** Absent where no place took it. */
  pool: z.optional(text(64)),
  member: z.optional(text(64)),
  reason: z.optional(text(32)),
  /** Milliseconds spent waiting for places. */
  queuedMs: z.int(),
  attempts: listOf(z.object({ pool: text(64), member: text(64), outcome: text(32) }), MAX_ROUTE_ATTEMPTS),
});
export type AuditRoute = z.infer<typeof AuditRoute>;

/** One decision of the platform. Names, counts and reasons only: no prompt, no completion, no secret. */
export const AuditRecord = z.object({
  /** Milliseconds since the epoch. */
  at: z.int(),
  requestId: text(128),
  /** `chat.completion`, `key.created`, `reservation.expired`, … */
  action: text(64),
  outcome: z.enum(['allowed', 'refused', 'failed', 'cancelled', 'expired']),
  tenant: z.optional(text(128)),
  principal: z.optional(text(128)),
  model: z.optional(text(256)),
  /** Error code or finish reason. */
  reason: z.optional(text(128)),
  reservationId: z.optional(text(128)),
  inputTokens: z.optional(z.int()),
  outputTokens: z.optional(z.int()),
  nanoUsd: z.optional(z.int()),
  /** True when the model did not report usage and the counts are our own. */
  usageEstimated: z.optional(z.boolean()),
  guard: z.optional(z.array(z.object({ stage: z.string(), action: z.string(), detector: z.string(), count: z.int() }))),
  truncatedMessages: z.optional(z.int()),
  /** Of an answer from documents: passages put before the model, share of its sentences they bear out, whether it abstained. */
  passages: z.optional(z.int()),
  groundedness: z.optional(z.number()),
  abstained: z.optional(z.boolean()),
  /** Of a model with pools. */
  route: z.optional(AuditRoute),
  ttftMs: z.optional(z.int()),
  durationMs: z.optional(z.int()),
});
export type AuditRecord = z.infer<typeof AuditRecord>;
