import { CatalogModel, Limits, ModelCatalog } from '@plinth/contracts';
import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';
import { contradictions } from './settings/contradictions.ts';
import { Inference } from './settings/inference.ts';
import { Retriever } from './settings/retriever.ts';
import { SignIn } from './settings/sign-in.ts';

const { target: _target, ...catalogModel } = CatalogModel.shape;

const Settings = z.strictObject({
  /** Read from `aws:region`. */
  region: z
    .string({ error: 'set the AWS Region, for example us-east-1' })
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS Region, such as us-east-1'),
  tags: PlatformTags,
  /** Full name of the foundation stack. @default the foundation of the same name */
  foundation: z.string().min(1).optional(),
  network: z.strictObject({
    /** Availability zones by name, two at least. */
    zones: z.array(z.string()).min(2).max(3),
    cidrBlock: z.cidrv4().default('10.0.0.0/16'),
    /** Zones that have VPC endpoints, each paid by the hour. One is enough where an outage is. @default all */
    endpointZones: z.int().min(1).max(3).optional(),
  }),
  signIn: SignIn,
  front: z.strictObject({
    /** `execute-api` endpoints of the networks that people work in: nobody reaches the API past them. */
    vpcEndpointIds: z
      .array(z.string().regex(/^vpce-[0-9a-f]{8,17}$/, 'is not a VPC endpoint, such as vpce-0123456789abcdef0'))
      .min(1)
      .max(20),
    /** The one web origin that may call from a browser. */
    allowOrigin: z.url({ protocol: /^https?$/ }).optional(),
    throttle: z.strictObject({
      ratePerSecond: z.number().positive().max(10_000),
      burst: z.int().positive().max(5_000),
    }),
    requestsPerMinutePerAddress: z.int().min(10).max(2_000_000),
  }),
  /** The model that writes answers, as callers know it. Its price is what tenants are charged, US dollars per million tokens. */
  generator: z.object(catalogModel),
  inference: Inference,
  retriever: Retriever,
  guardrail: z
    .strictObject({
      filterStrength: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH'),
      /** Least support by the sources, and least relevance to the question, of an answer that may be given. */
      groundingThreshold: z.coerce.number().min(0.1).max(0.99).default(0.7),
      relevanceThreshold: z.coerce.number().min(0.1).max(0.99).default(0.5),
    })
    .prefault({}),
  /** What becomes of sentences no passage supports. */
  unsupported: z.enum(['mark', 'abstain']).default('abstain'),
  documents: z
    .strictObject({
      /** Days until a document is deleted; it leaves the index with it. */
      expireAfterDays: z.int().min(1).max(36_500).default(3_650),
    })
    .prefault({}),
  ingest: z.strictObject({
    /** Documents worked on at once: the queue hands out no more, and the function has so many copies reserved. */
    concurrency: z.int().min(2).max(1_000),
    memoryMb: z.int().min(512).max(10_240).default(2_048),
  }),
  /** What a tenant without limits of its own may use. */
  tenantLimits: Limits,
  query: z.strictObject({
    reservedConcurrency: z.int().min(1).max(10_000),
    memoryMb: z.int().min(256).max(10_240).default(1_024),
  }),
  /** Tokens an hour that raise an alarm. */
  alarmTokensPerHour: z.coerce.number().int().positive(),
  monthlyBudgetUsd: z.coerce.number().positive().max(10_000_000),
  logRetentionDays: z.coerce.number().pipe(z.literal(RETENTION_DAYS)),
  /** The month the plan prices; the stack itself does not read it. */
  load: LoadProfile.optional(),
  /** Folders of the built services, from the root of the repository. */
  bundles: z
    .strictObject({
      query: z.string().min(1).default('services/rag/dist/lambda'),
      ingest: z.string().min(1).default('services/ingest/dist/lambda'),
    })
    .prefault({}),
});
export type EnterpriseRagConfig = z.infer<typeof Settings>;

/** Settings of one environment's enterprise RAG, in `Pulumi.<environment>.yaml`. */
export const EnterpriseRagConfig = Settings.superRefine((config, context) => {
  const target = { kind: 'bedrock', modelId: 'checked-before-it-exists' };
  const catalog = ModelCatalog.safeParse([{ ...config.generator, target }]);
  for (const { path, message } of catalog.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: ['generator', ...path.slice(1)], message });
  for (const { path, message } of contradictions(config)) context.addIssue({ code: 'custom', path, message });
});
