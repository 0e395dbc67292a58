import * as z from 'zod';

const amount = z.coerce.number().nonnegative();

/**
 * The load a stack is made for, in one month: the optional `load` of a stack's configuration. The plan prices the stack at it; nothing else
 * reads it. Averages, not peaks: peaks are bounded by the limits the plan takes its worst case from.
 */
export const LoadProfile = z.strictObject({
  /** Requests that reach the model. */
  requestsPerMonth: amount,
  /** Average tokens of one prompt, history and retrieved text included. */
  promptTokens: amount.default(0),
  /** Average tokens of one answer. */
  completionTokens: amount.default(0),
  /** Part of the prompt tokens read from a prompt cache, 0 to 1. @default 0 */
  cachedPromptShare: amount.max(1).default(0),
  /** Average seconds from request to the last token. @default 1 */
  secondsPerRequest: amount.default(1),
  /** People who sign in. */
  activeUsers: amount.default(0),
  /** Tenants; with the tenant limits they bound what models can cost. Absent: nothing is known to bound it. */
  tenants: amount.optional(),
  /** Part of the requests each model takes, 0 to 1, by its name in the stack. @default all to the first model */
  modelShares: z.record(z.string(), amount.max(1)).optional(),
  /** Documents, records and results kept, GB, in each bucket and database. */
  storedGb: amount.default(0),
  /** Hours that batch instances run, summed over instances. */
  batchInstanceHours: amount.default(0),
  /** Workflows started, and the state transitions of one. */
  workflowRunsPerMonth: amount.default(0),
  transitionsPerRun: amount.default(20),
  /** Instances or tasks a scaled fleet has on average. @default what it starts with */
  averageInstances: amount.optional(),
  /** Average capacity units of a serverless database. @default its maximum: the dearer guess */
  databaseAcus: amount.optional(),
});
export type LoadProfile = z.infer<typeof LoadProfile>;
