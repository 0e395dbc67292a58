import * as z from '../zod.ts';

const Drift = z.object({
  reference: z.int(),
  present: z.int(),
  /** 1 − cosine of the windows' means. */
  meanShift: z.number(),
  /** Squared maximum mean discrepancy. */
  mmd: z.number(),
  pValue: z.number(),
  drifted: z.boolean(),
});

const Period = z.object({
  questions: z.int(),
  /** Mean over answers that were judged; null without any. */
  groundedness: z.nullable(z.number()),
  /** Share of questions that were given no answer; null without questions. */
  abstention: z.nullable(z.number()),
  up: z.int(),
  down: z.int(),
});
export type MonitorPeriod = z.infer<typeof Period>;

/** GET /v1/monitor: how a tenant's questions and answers change. Numbers only. Times are milliseconds since the epoch. */
export const MonitorReport = z.object({
  object: z.literal('monitor'),
  at: z.int(),
  /** The present window ends now; the reference window ends where it begins. */
  windows: z.object({ referenceStart: z.int(), presentStart: z.int() }),
  reference: Period,
  present: Period,
  /** Null where a window has fewer than 30 vectors. */
  drift: z.object({ questions: z.nullable(Drift), answers: z.nullable(Drift) }),
  /** UTC days that have questions or feedback, oldest first. */
  days: z.array(z.extend(Period, { day: z.iso.date() })),
});
export type MonitorReport = z.infer<typeof MonitorReport>;
