import * as z from 'zod';

/** One decision of the platform. Names, counts and reasons only: no prompt, no completion, no secret. */
export const AuditRecord = z.object({
  /** Milliseconds since the epoch. */
  at: z.int(),
  requestId: z.string().max(128),
  /** `chat.completion`, `key.created`, `reservation.expired`, … */
  action: z.string().max(64),
  outcome: z.enum(['allowed', 'refused', 'failed', 'cancelled', 'expired']),
  tenant: z.string().max(128).optional(),
  principal: z.string().max(128).optional(),
  model: z.string().max(256).optional(),
  /** Error code or finish reason. */
  reason: z.string().max(128).optional(),
  reservationId: z.string().max(128).optional(),
  inputTokens: z.int().optional(),
  outputTokens: z.int().optional(),
  nanoUsd: z.int().optional(),
  /** True when the model did not report usage and the counts are our own. */
  usageEstimated: z.boolean().optional(),
  guard: z.array(z.object({ stage: z.string(), action: z.string(), detector: z.string(), count: z.int() })).optional(),
  truncatedMessages: z.int().optional(),
  ttftMs: z.int().optional(),
  durationMs: z.int().optional(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;
