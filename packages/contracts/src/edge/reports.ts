import { filledText, listOf, text, whole } from '../bounds.ts';
import * as z from '../zod.ts';

/** Bounds of one report. A message of SQS takes 262,144 bytes, an item of DynamoDB 400 KB. */
export const REPORT_BOUNDS = {
  /** Of the report as JSON. */
  bytes: 240_000,
  /** What one update of an item can add. */
  usage: 40,
} as const;

const quantity = z.int().check(z.minimum(0));

/** What ended requests came to since the report before: of one tenant and key, on one day in UTC. */
export const ReportedUsage = z.strictObject({
  tenant: filledText(128),
  /** Empty where the requests belong to no key. */
  key: text(128),
  /** Days since the epoch. */
  day: whole(0, 1_000_000),
  requests: quantity,
  tokens: quantity,
  nanoUsd: quantity,
});
export type ReportedUsage = z.infer<typeof ReportedUsage>;

/** How a site is. */
export const SiteState = z.strictObject({
  /** Milliseconds since the epoch, by the site's clock. */
  at: z.int(),
  /** `restricted` and `stopped`: its bundle is older than it may be, and its policy says which. */
  mode: z.enum(['serving', 'restricted', 'stopped']),
  outbox: z.strictObject({
    items: quantity,
    /** Seconds the oldest of them has waited. */
    oldestSeconds: quantity,
  }),
  /** The active bundle, and seconds since it was signed. */
  bundle: z.optional(z.strictObject({ sequence: quantity, ageSeconds: quantity })),
});
export type SiteState = z.infer<typeof SiteState>;

/** Name of an audit chain that a SQLite file has: what a site's reports are numbered under. */
const JournalName = z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));

/**
 * One message from a site to the centre. Numbers of a journal have no gaps, and what stands under a number never changes, so that it may be sent
 * as often as it takes.
 */
export const SiteReport = z.strictObject({
  version: z.literal(1),
  /** The audit chain of the site's records. Another file of records, such as after a volume was lost, is another journal. */
  journal: JournalName,
  number: z.int().check(z.minimum(1)),
  /** Entries that follow those of the report before, as they were hashed: `<hash> <record>` a line. */
  audit: z.optional(
    z.strictObject({
      first: z.int().check(z.minimum(1)),
      lines: filledText(REPORT_BOUNDS.bytes).check(z.regex(/^[0-9a-f]{64} \{[^\n]*\}(\n[0-9a-f]{64} \{[^\n]*\})*$/)),
    }),
  ),
  usage: listOf(ReportedUsage, REPORT_BOUNDS.usage),
  state: z.optional(SiteState),
});
export type SiteReport = z.infer<typeof SiteReport>;
