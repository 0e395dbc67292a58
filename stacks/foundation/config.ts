import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import * as z from 'zod';

const arn = (what: string, pattern: RegExp) => z.string().regex(pattern, `is not the ARN of ${what}`);

/** Who may deploy, and from where. */
const Delivery = z.strictObject({
  /** `owner/name` on GitHub. */
  repository: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, 'is not a repository, such as acme/platform'),
  /** GitHub environments whose jobs may deploy. */
  environments: z.array(z.string().regex(/^[^*?:]+$/, 'name each environment in full')).min(1),
  /** Where Pulumi keeps state: its cloud, or a bucket of yours with its key. */
  state: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pulumi-cloud') }),
      z.strictObject({
        kind: z.literal('s3'),
        bucketArn: arn('a bucket', /^arn:aws[a-z-]*:s3:::[a-z0-9.-]+$/),
        keyArn: arn('a key', /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/),
      }),
    ])
    .default({ kind: 'pulumi-cloud' }),
  /** Name of the managed policy that bounds the roles of every stack; workload-boundary.json is one to begin with. */
  workloadBoundary: z.string().min(1).max(128).default('plinth-workload-boundary'),
});

/** Settings of the foundation of one environment, in `Pulumi.<environment>.yaml`. */
export const FoundationConfig = z.strictObject({
  /** Read from `aws:region`. */
  region: z
    .string({ error: 'set the AWS Region, for example us-east-1' })
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS Region, such as us-east-1'),
  tags: PlatformTags,
  /** Who hears of alarms and budgets. */
  alertEmails: z.array(z.email()).min(1, 'name at least one address: somebody must hear of alarms').max(10),
  /** US dollars a month for the whole account. */
  monthlyBudgetUsd: z.coerce.number().positive().max(10_000_000),
  /** Days invocation logs are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 or longer, as CloudWatch has them. */
  logRetentionDays: z.coerce.number().pipe(z.literal(RETENTION_DAYS)),
  /**
   * Own what AWS keeps once per account and Region: Bedrock's invocation logging and API Gateway's logging role. Where two environments
   * share an account and Region, turn it off in all but one.
   */
  ownsRegion: z.boolean().default(true),
  /**
   * Own what AWS keeps once per account: the audit trail of all Regions, the monitor of cost anomalies, GitHub's identity provider. Where
   * two foundations share an account, turn it off in all but one.
   */
  ownsAccount: z.boolean().default(true),
  audit: z
    .strictObject({
      /** `compliance`: nobody deletes a record in time, the account's root included. It cannot be undone, and outlives the stack. */
      mode: z.enum(['governance', 'compliance']),
      /** Days no record can be deleted. */
      lockedDays: z.int().min(1).max(36_500),
      /** Days until a record is deleted. */
      keptDays: z.int().min(1).max(36_500),
    })
    .refine(({ lockedDays, keptDays }) => keptDays >= lockedDays, {
      path: ['keptDays'],
      message: 'must not be shorter than lockedDays',
    }),
  /** US dollars above the expected spending from which an anomaly is announced. */
  anomalyMinimumUsd: z.coerce.number().positive().max(1_000_000),
  /** Names of container image repositories, below `plinth/`. */
  imageRepositories: z
    .array(z.string().regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, 'use lower-case letters, digits and single dashes'))
    .default([]),
  /** Leave out to make no roles for GitHub. */
  delivery: Delivery.optional(),
});
export type FoundationConfig = z.infer<typeof FoundationConfig>;
