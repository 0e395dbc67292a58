import { Limits } from '@plinth/contracts';
import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';
import { EngineSettings } from './engine-settings.ts';
import { engineMistakes } from './engine-mistakes.ts';
import { ModelSettings } from './model-settings.ts';

/** Who may submit batches: people of a pool made here, or holders of another issuer's tokens. */
const Callers = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('user-pool'),
    callbackUrls: z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .max(20),
    mfa: z.enum(['ON', 'OPTIONAL']).default('ON'),
    threatProtection: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal('oidc'),
    issuer: z.url({ protocol: /^https$/ }),
    audience: z.string().min(1),
  }),
]);

/** Where machines stand: a network made here, or one that is there. */
const NetworkSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('private'),
    zones: z.array(z.string()).min(2, 'name two zones at least'),
    cidrBlock: z.string().default('10.40.0.0/16'),
    /** One gateway costs its hours once; one a zone survives the loss of a zone. */
    nat: z.enum(['single', 'one-per-zone']),
  }),
  z.strictObject({
    kind: z.literal('existing'),
    vpcId: z.string().startsWith('vpc-'),
    cidrBlock: z.string(),
    /** Private ones, with a way to S3, DynamoDB, ECR, ECS and CloudWatch Logs. */
    subnetIds: z.array(z.string().startsWith('subnet-')).min(2, 'name subnets in two zones at least'),
  }),
]);
export type NetworkSettings = z.infer<typeof NetworkSettings>;

/** Who checks records before they run, and answers before they are given out. Bedrock applies no guardrail to batches by itself. */
const Guard = z.discriminatedUnion('kind', [
  /** The service's own moderation: secrets, personal data, prompt injection, denied words. Costs nothing but time. */
  z.strictObject({ kind: z.literal('local') }),
  /** A Bedrock guardrail after it, asked about every record and every answer: by volume, it may cost more than the model. */
  z.strictObject({
    kind: z.literal('bedrock'),
    filterStrength: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH'),
  }),
]);

const expression = z
  .string()
  .regex(/^cron\((\S+ ){5}\S+\)$/, 'is no cron expression, such as cron(0 20 ? * MON-FRI *)');

/** Settings of one environment's batch generation, in `Pulumi.<environment>.yaml`. */
export const BatchGenerationConfig = z
  .strictObject({
    /** Read from `aws:region`. */
    region: z
      .string({ error: 'set the AWS Region, for example us-east-1' })
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS Region, such as us-east-1'),
    tags: PlatformTags,
    /** Full name of the foundation stack. @default the foundation of the same name */
    foundation: z.string().min(1).optional(),
    callers: Callers,
    models: z.array(ModelSettings).min(1, 'name at least one model').max(16),
    engines: EngineSettings,
    /** Needed by engines that run machines, and refused where there are none. */
    network: NetworkSettings.optional(),
    guardrail: Guard,
    /** What a tenant without limits of its own may use. */
    tenantLimits: Limits,
    front: z.strictObject({
      throttle: z.strictObject({
        ratePerSecond: z.number().positive().max(1_000),
        burst: z.int().positive().max(5_000),
      }),
      allowOrigin: z.url({ protocol: /^https?$/ }).optional(),
      maxFileBytes: z.int().min(1).max(5_368_709_120).default(536_870_912),
    }),
    files: z.strictObject({
      recordsPerShard: z.int().min(100, 'Bedrock takes 100 records a job at least').max(50_000),
      maxRecords: z.int().min(100).max(10_000_000),
      inputDays: z.int().min(1).max(3_650),
      outputDays: z.int().min(1).max(3_650),
    }),
    run: z.strictObject({
      /** Hours until a batch is ended, however far it came. */
      maxHours: z.int().min(1).max(720),
      /** Percent of shards that may fail before the whole batch does. */
      toleratedFailurePercent: z.int().min(0).max(100),
    }),
    /** Hours in which waiting batches are started. A batch whose deadline comes first does not wait. */
    windows: z
      .strictObject({
        timeZone: z.string().default('UTC'),
        /** @default none: batches start as they come */
        hours: z
          .array(
            z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,20}$/), open: expression, close: expression }),
          )
          .max(10)
          .default([]),
      })
      .prefault({}),
    functions: z.strictObject({
      /** Copies of the API and of the workflow's steps that may run at once. */
      apiConcurrency: z.int().min(1).max(1_000),
      stepsConcurrency: z.int().min(1).max(1_000),
      stepsMemoryMb: z.int().min(512).max(10_240).default(1_769),
    }),
    /** Who is written to when a batch has ended, beside callers who asked for a webhook. @default nobody */
    noticeEmails: z.array(z.email()).max(10).default([]),
    alarmTokensPerHour: z.coerce.number().int().positive(),
    monthlyBudgetUsd: z.coerce.number().positive().max(10_000_000),
    /** Percent of the budget at which no more jobs may start. */
    stopAtPercent: z.int().min(1).max(200).default(100),
    logRetentionDays: z.coerce.number().pipe(z.literal(RETENTION_DAYS)),
    /** The month the plan prices; the stack itself does not read it. */
    load: LoadProfile.optional(),
    /** Folder of the built batch service, from the root of the repository. */
    bundle: z.string().min(1).default('services/batch/dist/lambda'),
  })
  .superRefine((config, context) => {
    for (const { path, message } of engineMistakes(config))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type BatchGenerationConfig = z.infer<typeof BatchGenerationConfig>;
