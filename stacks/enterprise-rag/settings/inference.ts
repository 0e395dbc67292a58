import * as z from 'zod';
import {
  bounds,
  bucketName,
  card,
  containerEnvironment,
  image,
  instanceType,
  ordered,
  ORDERED,
  prefix,
  weights,
} from './shapes.ts';

/** Bounds for nights and weekends, and when they begin and end. */
const offPeak = z
  .strictObject({
    /** `cron(0 20 ? * MON-FRI *)`, read in the time zone. */
    evening: z.string().startsWith('cron('),
    morning: z.string().startsWith('cron('),
    timezone: z.string().min(1).default('UTC'),
    ...bounds,
  })
  .refine(ordered, ORDERED);

/** An open model on a SageMaker real-time endpoint in our subnets. */
const SageMakerInference = z.strictObject({
  kind: z.literal('sagemaker'),
  weights,
  card,
  /** @default AWS's large-model container of the Region, by tag; in production name yours by digest */
  image: image.optional(),
  environment: containerEnvironment,
  instanceType,
  scaling: z
    .strictObject({
      ...bounds,
      /** Requests in flight on one instance that scaling holds to. */
      concurrency: z.int().min(1).max(1_000).default(16),
    })
    .refine(ordered, ORDERED),
  offPeak: offPeak.optional(),
  /** Share of questions and answers kept for monitoring. They lie in a bucket of their own, for 30 days. */
  capturePercent: z.int().min(1).max(100).default(10),
  /** A job that looks at what was kept. @default nobody looks */
  monitor: z
    .strictObject({
      /** AWS's analyzer of the Region knows tables; bring your own for text. */
      image,
      /** At whole hours, once an hour at most. */
      schedule: z.string().startsWith('cron(0 ').default('cron(0 6 ? * * *)'),
      instanceType: instanceType.default('ml.m5.xlarge'),
    })
    .optional(),
});

/** A model Bedrock serves, called through the VPC endpoint. */
const BedrockInference = z.strictObject({
  kind: z.literal('bedrock'),
  systemProfile: z
    .string()
    .regex(
      /^(us|us-gov|eu|apac|au|jp|ca|global)\.[a-z0-9-]+\.[a-z0-9.:-]+$/,
      'is not a cross-region profile, such as us.amazon.nova-lite-v1:0',
    ),
  /** Regions the profile routes to, as its page in the Bedrock documentation lists them. */
  regions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)).min(1),
});

/** vLLM in containers of our own, on GPU instances. */
const EcsInference = z.strictObject({
  kind: z.literal('ecs'),
  /** Image of services/vllm. */
  image: image.refine(
    (name) => /@sha256:[0-9a-f]{64}$/.test(name),
    'name the image by digest, as in repository@sha256:…',
  ),
  /** Weights with a `SHA256SUMS` file beside them, and the SHA-256 of that file. */
  weights: z.strictObject({ bucketName, prefix, digest: z.string().regex(/^[0-9a-f]{64}$/) }),
  instanceTypes: z.tuple([z.string()], z.string()),
  gpus: z.int().min(1).max(8).default(1),
  /** MiB of one container; leave the instance 2 GiB. */
  memoryMb: z.int().min(4_096),
  scaling: z.strictObject({ ...bounds, waitingRequests: z.int().min(1).default(4) }).refine(ordered, ORDERED),
  /** Name the function calls, in the certificate and the private hosted zone. */
  hostName: z.hostname(),
  certificateArn: z.string().regex(/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/),
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/)
    .optional(),
});

export const Inference = z.discriminatedUnion('kind', [SageMakerInference, BedrockInference, EcsInference]);
export type Inference = z.infer<typeof Inference>;
export type SageMakerInference = z.infer<typeof SageMakerInference>;
export type BedrockInference = z.infer<typeof BedrockInference>;
export type EcsInference = z.infer<typeof EcsInference>;
