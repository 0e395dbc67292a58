import { published, unknownPrice } from './unit-price.ts';

const fargate = published('fargate', '2024-07-01');
const eks = published('eks', '2025-07-07');
const sagemaker = published('sagemaker', '2025-10-01');

/** Linux, on demand. */
export const fargateCpu = { X86_64: fargate(0.04048, 'vCPU-hour'), ARM64: fargate(0.03238, 'vCPU-hour') } as const;
export const fargateMemory = { X86_64: fargate(0.004445, 'GB-hour'), ARM64: fargate(0.00356, 'GB-hour') } as const;

/** A Kubernetes version in standard support. */
export const eksCluster = eks(0.1, 'hour');

/** SageMaker serverless inference, for each GB of the endpoint's memory. */
export const serverlessInference = sagemaker(20, '1M GB-seconds');

export const trackingServer = unknownPrice('sagemaker', 'hour', 'no public record of the price was found');
export const outpost = unknownPrice('outposts/rack', 'month', 'an Outpost is bought by contract');
