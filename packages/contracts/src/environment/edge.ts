import * as z from '../zod.ts';
import { ChatServerEnvironment } from './chat.ts';
import { filled, logLevel, number } from './fields.ts';
import { jsonVariable } from './json-variable.ts';

/** Name of a site: part of object keys, queue names, certificates and metrics. */
export const SiteName = z
  .string()
  .check(z.maxLength(40), z.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case letters, digits and single dashes'));
export type SiteName = z.infer<typeof SiteName>;

/** What a site does without its link, and with a bundle that has grown old. */
export const OfflinePolicy = z.strictObject({
  /** A request for a model that is not on site: kept in the outbox until the link is back, or refused at once. */
  heavyRequests: z._default(z.enum(['wait', 'refuse']), 'wait'),
  /** Requests the outbox holds; one more is refused as retryable. */
  outboxItems: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000)), 10_000),
  /** Hours a request may wait before it is given up, and its caller told so. */
  outboxHours: z._default(z.int().check(z.minimum(1), z.maximum(720)), 72),
  /** Hours after which the active bundle counts as stale. */
  staleHours: z._default(z.int().check(z.minimum(1), z.maximum(2_160)), 168),
  /** With a stale bundle: go on with the models on site and the budgets last known, or take no requests. */
  whenStale: z._default(z.enum(['local-only', 'stop']), 'local-only'),
});
export type OfflinePolicy = z.infer<typeof OfflinePolicy>;

const queueUrl = z.url();

/**
 * Environment of `services/edge/server.ts`: the chat server on a site, with the centre it hears from and reports to. Sites hold no
 * long-lived keys: AWS credentials come from the task's role, or by certificate through the file `AWS_CONFIG_FILE` names.
 */
export const EdgeServerEnvironment = z.extend(ChatServerEnvironment, {
  PLINTH_SITE: SiteName,
  /** `/live` and `/ready`, apart from the port callers reach. */
  PLINTH_HEALTH_PORT: number(1, 65_535, 8001),
  /** Where bundles of this site appear: `s3://<bucket>/<prefix>/`, or `file:///<folder>/` for media that are carried and for laptops. */
  PLINTH_BUNDLES: z
    .string()
    .check(
      z.regex(
        /^(s3:\/\/[a-z0-9.-]{3,63}\/([\w.-]+\/)+|file:\/\/\/\S+\/)$/,
        'is not s3://bucket/prefix/ or file:///folder/',
      ),
    ),
  /** Ed25519 public key bundles are signed with, SPKI in PEM. It is the site's only root of trust, so it comes with the deployment. */
  PLINTH_BUNDLE_KEY: z.string().check(z.regex(/^-----BEGIN PUBLIC KEY-----\n[\w+/=\n]+-----END PUBLIC KEY-----\n?$/)),
  /** Milliseconds between looks for a newer bundle. */
  PLINTH_BUNDLE_POLL_MS: z._default(z.coerce.number().check(z.int(), z.minimum(1_000), z.maximum(3_600_000)), 60_000),
  /** Milliseconds in which a site must do well with a new bundle, its weights loaded, or it goes back to the one before. */
  PLINTH_BUNDLE_WATCH_MS: z._default(z.coerce.number().check(z.int(), z.minimum(1_000), z.maximum(3_600_000)), 300_000),
  /** Queue that takes ledger entries, audit records and metrics of this site, and of no other; or `file:///<folder>/` for laptops. */
  PLINTH_SYNC_QUEUE: queueUrl,
  /** Endpoints of S3 and SQS; absent means AWS itself. */
  PLINTH_S3_URL: z.optional(z.url({ protocol: /^https?$/ })),
  PLINTH_SQS_URL: z.optional(z.url({ protocol: /^https?$/ })),
  PLINTH_OFFLINE: z._default(jsonVariable(OfflinePolicy), OfflinePolicy.parse({})),
  /** Mebibytes of the disk that stay free: nothing new is taken in or fetched below that. */
  PLINTH_DISK_RESERVE_MB: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1_000_000)), 256),
  /** Folder the weights named by a bundle are kept in, shared with the model's container. */
  PLINTH_MODELS_DIR: z._default(filled, '.plinth/models'),
});
export type EdgeServerEnvironment = z.infer<typeof EdgeServerEnvironment>;

/** Environment of `services/edge/model.ts`: a small model on CPUs beside the gateway, OpenAI-compatible on the loopback address. */
export const EdgeModelEnvironment = z.object({
  PLINTH_PORT: number(1, 65_535, 8090),
  PLINTH_MODELS_DIR: z._default(filled, '.plinth/models'),
  /** Name of the model in bundles and in the catalog. */
  PLINTH_MODEL: filled,
  /** Tokens of prompt and answer together. */
  PLINTH_CONTEXT_TOKENS: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1_000_000)),
  /** Threads that compute: fewer than the container has cores. */
  PLINTH_THREADS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(256)), 1),
  /** Requests that run at once. Memory grows with them times the context. */
  PLINTH_SEQUENCES: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(64)), 4),
});
export type EdgeModelEnvironment = z.infer<typeof EdgeModelEnvironment>;

/** Environment of `services/edge/sync.ts`: takes in what sites report, each item once. */
export const EdgeSyncEnvironment = z.object({
  /** Site by the ARN of its queue: who reports is told by the queue, never by the message. */
  PLINTH_SITES: jsonVariable(z.record(z.string().check(z.regex(/^arn:[a-z-]+:sqs:/)), SiteName)),
  PLINTH_LEDGER_TABLE: filled,
  PLINTH_RECORDS_TABLE: filled,
  PLINTH_AUDIT_TABLE: filled,
  PLINTH_LOG_LEVEL: logLevel,
});
export type EdgeSyncEnvironment = z.infer<typeof EdgeSyncEnvironment>;
