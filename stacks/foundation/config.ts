import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import * as z from 'zod';

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
});
export type FoundationConfig = z.infer<typeof FoundationConfig>;
