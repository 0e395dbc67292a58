import { CatalogModel, Limits, ModelCatalog } from '@plinth/contracts';
import { PlatformTags, RETENTION_DAYS } from '@plinth/infra';
import { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';
import { Site } from './site-config.ts';

const { target: _target, ...catalogModel } = CatalogModel.shape;

/** A model of the centre, with the cross-region profile it is reached by in place of a target. */
const CentralModel = z.object({
  ...catalogModel,
  id: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/, 'use letters, digits and single dashes: AWS names the profile by it'),
  systemProfile: z
    .string()
    .regex(
      /^(us|us-gov|eu|apac|au|jp|ca|global)\.[a-z0-9-]+\.[a-z0-9.:-]+$/,
      'is not a cross-region profile, such as us.amazon.nova-lite-v1:0',
    ),
  /** Regions the profile routes to, as its page in the Bedrock documentation lists them. */
  regions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)).min(1),
});
export type CentralModel = z.infer<typeof CentralModel>;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no digest, such as sha256:<64 hex digits>');

/** Settings of one environment's edge, in `Pulumi.<environment>.yaml`. */
export const EdgeConfig = z
  .strictObject({
    /** Read from `aws:region`. */
    region: z
      .string({ error: 'set the AWS Region, for example us-east-1' })
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS Region, such as us-east-1'),
    tags: PlatformTags,
    /** Full name of the foundation stack. @default the foundation of the same name */
    foundation: z.string().min(1).optional(),
    /** Sites, each with its own role, queue and bundles. Begin with none: images are pushed to the repositories first. */
    sites: z.array(Site).max(50).default([]),
    /** Images of the sites, by digest. */
    images: z.strictObject({ edge: digest.optional(), vllm: digest.optional() }).prefault({}),
    /** Who issues certificates of sites outside AWS. Demanded as soon as one has no other identity. */
    authority: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('certificate'), pem: z.string().startsWith('-----BEGIN CERTIFICATE-----') }),
        z.strictObject({ kind: z.literal('private-ca'), arn: z.string().regex(/^arn:aws[a-z-]*:acm-pca:/) }),
      ])
      .optional(),
    /** Models of the centre, for requests too heavy for a site. */
    models: z.array(CentralModel).min(1, 'name at least one model').max(4),
    guardrail: z.strictObject({ filterStrength: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH') }).prefault({}),
    /** What a tenant without limits of its own may use on one site. */
    tenantLimits: Limits,
    bundles: z
      .strictObject({
        keptDays: z.int().min(30).max(3_650).default(365),
        /** Days in which nobody can replace or delete a published bundle. @default none */
        lock: z
          .strictObject({ mode: z.enum(['governance', 'compliance']), retentionDays: z.int().min(1).max(3_650) })
          .optional(),
      })
      .prefault({}),
    sync: z.strictObject({ reservedConcurrency: z.int().min(1).max(1_000) }),
    /** Tokens an hour that raise an alarm. */
    alarmTokensPerHour: z.coerce.number().int().positive(),
    monthlyBudgetUsd: z.coerce.number().positive().max(10_000_000),
    logRetentionDays: z.coerce.number().pipe(z.literal(RETENTION_DAYS)),
    /** The month the plan prices; the stack itself does not read it. */
    load: LoadProfile.optional(),
    /** Folder of the built sync function, from the root of the repository. */
    bundle: z.string().min(1).default('services/edge/dist/lambda'),
  })
  .superRefine((config, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const names = new Set<string>();
    for (const [index, site] of config.sites.entries()) {
      const at = (...path: string[]) => ['sites', index, ...path];
      if (names.has(site.name)) refuse(at('name'), `"${site.name}" is listed twice`);
      names.add(site.name);
      const { model } = site;
      if (model.maxPromptTokens >= model.contextTokens)
        refuse(at('model', 'maxPromptTokens'), 'leave room for a completion: set it below contextTokens');
      if (config.models.some(({ id }) => id === model.name))
        refuse(at('model', 'name'), `"${model.name}" is a model of the centre; callers could not tell them apart`);
      if (config.images.edge === undefined) refuse(['images', 'edge'], 'set the digest of the edge image, or no site');
      if (model.kind === 'vllm' && config.images.vllm === undefined)
        refuse(['images', 'vllm'], `set the digest of the vLLM image: ${site.name} serves by it`);
      if (!('identity' in site)) continue;
      if (site.identity.kind === 'certificate' && config.authority === undefined)
        refuse(['authority'], `name who issues the certificate of ${site.name}`);
      if (
        site.identity.kind === 'certificate' &&
        model.kind === 'vllm' &&
        'weights' in model &&
        model.weights.kind === 'bucket'
      )
        refuse(at('model', 'weights'), 'set a claim: vLLM itself reads the bucket by Pod Identity alone');
    }
    const target = { kind: 'bedrock', modelId: 'checked-before-it-exists' };
    const catalog = ModelCatalog.safeParse(config.models.map((model) => ({ ...model, target })));
    for (const issue of catalog.error?.issues ?? []) refuse(['models', ...issue.path.map(String)], issue.message);
    for (const [index, model] of config.models.entries())
      if (!model.systemProfile.startsWith('global.') && !model.regions.includes(config.region))
        refuse(
          ['models', index, 'regions'],
          `add ${config.region}, or choose a profile that serves it: a profile is called in one of its own Regions`,
        );
    const { lock, keptDays } = config.bundles;
    if (lock !== undefined && lock.retentionDays > keptDays)
      refuse(['bundles', 'keptDays'], 'set it to lock.retentionDays or more: what is locked cannot be deleted before');
  });
export type EdgeConfig = z.infer<typeof EdgeConfig>;
