import * as z from 'zod';

export const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket');
export const prefix = z
  .string()
  .regex(/^([^/]+\/)+$/, 'must end in a slash and begin without one, as in models/qwen3-8b/');

/** Weights of a model, as plain objects in a bucket of this account, encrypted under the foundation's data key. */
export const weights = z.strictObject({ bucketName, prefix });

/** What the bill, the registry and an audit must be able to tell of a model we host. */
export const card = z.strictObject({
  /** For example `Qwen/Qwen3-8B`; its licence record is in policies/src/model-records.ts. */
  modelId: z.string().min(1).max(128),
  license: z.string().min(1).max(128),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is not sha256:<64 hex digits>'),
});

/** ECR image with a tag or, better, a digest. */
export const image = z
  .string()
  .regex(
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9/._-]+(:|@sha256:)[\w.-]+$/,
    'is not an image in ECR',
  );
export const instanceType = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'is not a SageMaker type, such as ml.g6.xlarge');

/** Server settings of a container. Never secrets: whoever may describe the model reads them. */
export const containerEnvironment = z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string().max(1_024)).default({});

/** Fewest and most instances or containers. */
export const bounds = {
  min: z.int().min(1).max(100),
  max: z.int().min(1).max(100),
};
export const ordered = (value: { min: number; max: number }) => value.min <= value.max;
export const ORDERED = 'min is above max';
