import * as z from 'zod';

const cost = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });

const Source = z.discriminatedUnion('kind', [
  /** Bedrock's, called in this Region. */
  z.strictObject({ kind: z.literal('foundation-model'), modelId: z.string().regex(/^[a-z0-9-]+\.[a-z0-9.:-]+$/) }),
  /** Bedrock's, by a profile that spreads a batch over Regions. */
  z.strictObject({
    kind: z.literal('cross-region-profile'),
    systemProfile: z
      .string()
      .regex(
        /^(us|us-gov|eu|apac|au|jp|ca|global)\.[a-z0-9-]+\.[a-z0-9.:-]+$/,
        'is not a cross-region profile, such as us.amazon.nova-lite-v1:0',
      ),
    regions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)).min(1),
  }),
  /** Ours: open weights in a bucket of this account. Distilled and quantized ones are the cheapest that pass the evaluation. */
  z.strictObject({
    kind: z.literal('weights'),
    /** As its licence record names it, for example `Qwen/Qwen3-8B`. */
    modelId: z.string().min(1).max(256),
    license: z.string().min(1).max(128),
    /** SHA-256 of the model's `SHA256SUMS`, in hexadecimal. */
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256: 64 hex digits'),
    bucketName: z.string().min(3).max(63),
    /** Below which all of the model lies, without a slash at either end. */
    prefix: z.string().regex(/^[^/].*[^/]$/, 'leave out the slash at either end'),
    /** Digest of AWS's large-model container, that SageMaker serves it with. @default the release the platform knows, by its tag */
    containerDigest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'is no digest: sha256: and 64 hex digits')
      .optional(),
    /** Key of those objects. @default the foundation's data key */
    keyArn: z.string().startsWith('arn:').optional(),
  }),
]);

/** A model that batches may name. */
export const ModelSettings = z
  .strictObject({
    /** The name callers use. */
    id: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/, 'use letters, digits, dots and single dashes'),
    source: Source,
    contextTokens: z.int().min(1).max(10_000_000),
    maxPromptTokens: z.int().min(1),
    maxCompletionTokens: z.int().min(1),
    /** US dollars per million tokens, on each engine that runs it: what tenants are metered by. */
    price: z.strictObject({
      bedrock: cost.optional(),
      transform: cost.optional(),
      async: cost.optional(),
      spot: cost.optional(),
    }),
  })
  .refine(({ contextTokens, maxPromptTokens }) => maxPromptTokens < contextTokens, {
    path: ['maxPromptTokens'],
    message: 'leave room for a completion: set it below contextTokens',
  });
export type ModelSettings = z.infer<typeof ModelSettings>;
export type Weights = Extract<ModelSettings['source'], { kind: 'weights' }>;
