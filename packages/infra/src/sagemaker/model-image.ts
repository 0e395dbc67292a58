import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';

/** What the container computes on. */
export type Accelerator = 'gpu' | 'inferentia' | 'trainium' | 'cpu';

/**
 * The large-model container AWS publishes for each accelerator: DJL Serving, with vLLM for GPUs and the Neuron SDK for
 * Inferentia and Trainium. Tags as the list of AWS Deep Learning Containers names them
 * (github.com/aws/deep-learning-containers, "Available Images"), looked up 2026-11-25.
 *
 * A tag can be moved by AWS. In production, name the image by digest (`…@sha256:…`), best from a repository of your own.
 */
export const LARGE_MODEL_TAGS: Readonly<Record<Accelerator, string>> = {
  gpu: '0.36.0-lmi20.0.0-cu128',
  inferentia: '0.30.0-neuronx-sdk2.20.1',
  trainium: '0.30.0-neuronx-sdk2.20.1',
  cpu: '0.30.0-cpu-full',
};

const REPOSITORY = 'djl-inference';
const DEFAULT_REGISTRY = '763104351884';

/** Regions whose registry is another account, as the SageMaker Python SDK lists them (image_uri_config/djl-lmi.json). */
const REGISTRIES: Readonly<Record<string, string>> = {
  'af-south-1': '626614931356',
  'ap-east-1': '871362719292',
  'ap-northeast-3': '364406365360',
  'ap-southeast-3': '907027046896',
  'ca-west-1': '204538143572',
  'cn-north-1': '727897471807',
  'cn-northwest-1': '727897471807',
  'eu-south-1': '692866216735',
  'il-central-1': '780543022126',
  'me-central-1': '914824155844',
  'me-south-1': '217643126080',
  'us-gov-east-1': '446045086412',
  'us-gov-west-1': '442386744353',
};

/** URI of AWS's large-model container for an accelerator, in the registry of the Region. */
export function largeModelImage(
  { region, partition }: Placement,
  accelerator: Accelerator,
  tag = LARGE_MODEL_TAGS[accelerator],
): string {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const reference = tag.startsWith('sha256:') ? `@${tag}` : `:${tag}`;
  return `${REGISTRIES[region] ?? DEFAULT_REGISTRY}.dkr.ecr.${region}.${suffix}/${REPOSITORY}${reference}`;
}

/** ARN of the repository an image URI of ECR names. SageMaker hosts images from ECR in the same Region alone. */
export function repositoryArn(partition: Placement['partition'], image: string): string {
  const found = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9/._-]+?)(?:@sha256:|:)/.exec(
    image,
  );
  if (found === null)
    throw new StackError(
      `"${image}" is no ECR image with a tag or digest. Name it "<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>".`,
    );
  const [, account, region, repository] = found;
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
