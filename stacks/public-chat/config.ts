import { CatalogModel, Limits, ModelCatalog } from '@plinth/contracts';
import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';
import { Domain, PROFILE, REGION, profileIn, refuseRegions } from './regions.ts';

const throttle = z.strictObject({
  ratePerSecond: z.number().positive().max(10_000),
  burst: z.int().positive().max(5_000),
});

const { target: _target, ...catalogModel } = CatalogModel.shape;

/** A model of the catalog, with the cross-region profile it is reached by in place of a target. */
const Model = z.object({
  ...catalogModel,
  id: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/, 'use letters, digits and single dashes: AWS names the profile by it'),
  ...PROFILE,
  /** Profiles it is reached by in Regions this one does not serve, each with its own price where that differs. */
  furtherProfiles: z
    .array(z.strictObject({ ...PROFILE, price: z.optional(catalogModel.price) }))
    .max(8)
    .default([]),
});
export type ModelSettings = z.infer<typeof Model>;

/** Settings of one environment's public chat, in `Pulumi.<environment>.yaml`. */
export const PublicChatConfig = z
  .strictObject({
    /** Read from `aws:region`. */
    region: z
      .string({ error: 'set the AWS Region, for example us-east-1' })
      .regex(REGION, 'is not an AWS Region, such as us-east-1'),
    /** Further Regions that answer near their callers; people, budgets, conversations and the trail stay in `region`. */
    regions: z.array(z.string().regex(REGION, 'is not an AWS Region, such as eu-west-1')).max(5).default([]),
    /** The one name all Regions answer to; a stack of one Region may have one too. */
    domain: Domain.optional(),
    tags: PlatformTags,
    /** Full name of the foundation stack; that of a further Region is called the same, with `<Region>-` before the environment. @default the foundation of the same name */
    foundation: z.string().min(1).optional(),
    /** Models offered, by the names callers use; the first is the one to begin with. */
    models: z
      .array(Model)
      .min(1, 'name at least one model')
      .max(8, 'name at most eight models: more do not fit one IAM policy'),
    guardrail: z
      .strictObject({
        filterStrength: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH'),
        deniedTopics: z
          .array(
            z.strictObject({
              name: z.string().min(1).max(100),
              definition: z.string().min(1).max(200),
              examples: z.array(z.string().max(100)).max(5).optional(),
            }),
          )
          .max(30)
          .default([]),
      })
      .prefault({}),
    /** What a tenant without limits of its own may use. */
    tenantLimits: Limits,
    wall: z.strictObject({
      requestsPerMinutePerAddress: z.int().min(10).max(2_000_000),
      maxBodyBytes: z.int().min(1_024).max(65_536).default(65_536),
    }),
    people: z.strictObject({
      selfSignUp: z.boolean().default(false),
      mfa: z.enum(['ON', 'OPTIONAL']).default('ON'),
      threatProtection: z.boolean().default(true),
      callbackUrls: z
        .array(z.url({ protocol: /^https?$/ }))
        .min(1)
        .max(20),
      /** A signed-in browser may also call Bedrock itself; such calls pass guardrail and model quotas, but no budget of ours. */
      directModelCalls: z.boolean().default(false),
    }),
    front: z.strictObject({
      /** The one web origin that may call from a browser. */
      allowOrigin: z.url({ protocol: /^https?$/ }).optional(),
      throttle,
      applications: z
        .array(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'use lower-case letters, digits and dashes'))
        .min(1)
        .max(50),
      perApplication: z.strictObject({ throttle, quotaPerDay: z.int().positive() }),
    }),
    function: z.strictObject({
      reservedConcurrency: z.int().min(1).max(10_000),
      memoryMb: z.int().min(256).max(10_240).default(1_024),
    }),
    /** Tokens an hour that raise an alarm. */
    alarmTokensPerHour: z.coerce.number().int().positive(),
    monthlyBudgetUsd: z.coerce.number().positive().max(10_000_000),
    logRetentionDays: z.coerce.number().pipe(z.literal(RETENTION_DAYS)),
    /** The month the plan prices; the stack itself does not read it. */
    load: LoadProfile.optional(),
    /** Folder of the built chat service, from the root of the repository. */
    bundle: z.string().min(1).default('services/chat/dist/lambda'),
  })
  .superRefine((config, context) => {
    const target = { kind: 'bedrock', modelId: 'checked-before-it-exists' };
    const catalog = ModelCatalog.safeParse(config.models.map((model) => ({ ...model, target })));
    for (const issue of catalog.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['models', ...issue.path], message: issue.message });
    for (const [index, model] of config.models.entries())
      if (profileIn(model, config.region) === undefined)
        context.addIssue({
          code: 'custom',
          path: ['models', index, 'regions'],
          message: `add ${config.region}, or choose a profile that serves it: a profile is called in one of its own Regions`,
        });
    refuseRegions(config, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }));
  });
export type PublicChatConfig = z.infer<typeof PublicChatConfig>;
