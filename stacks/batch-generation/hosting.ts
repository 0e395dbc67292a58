import { HostedModel, largeModelImage, Network, VpcEndpoints, WorkloadGroup, type Placement } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig, NetworkSettings } from './config.ts';
import { stackTags } from './engines/engine-part.ts';
import type { Weights } from './model-settings.ts';

/** The one model of our own weights. */
export interface OwnModel {
  readonly id: string;
  readonly weights: Weights;
  readonly contextTokens: number;
}

/** The model of our own weights, where the configuration has one. */
export function ownModelOf({ models }: Pick<BatchGenerationConfig, 'models'>): OwnModel | undefined {
  for (const { id, source, contextTokens } of models)
    if (source.kind === 'weights') return { id, weights: source, contextTokens };
  return undefined;
}

/** Where machines stand: subnets, and a group that calls AWS and is called by nobody. */
export interface Ground {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<string>[];
}

export function groundFor(
  settings: NetworkSettings,
  config: BatchGenerationConfig,
  { placement, dataKeyArn }: { readonly placement: Placement; readonly dataKeyArn: pulumi.Output<string> },
  opts: pulumi.ComponentResourceOptions,
): Ground {
  const description = 'Machines that work through batches.';
  if (settings.kind === 'existing') {
    const { vpcId, cidrBlock, subnetIds } = settings;
    const group = new WorkloadGroup('machines', { description, network: { vpcId, cidrBlock }, internet: true }, opts);
    return { subnetIds, securityGroupIds: [group.securityGroupId] };
  }
  const network = new Network(
    'batch',
    {
      shape: 'private',
      placement,
      zones: settings.zones,
      cidrBlock: settings.cidrBlock,
      nat: settings.nat,
      tags: stackTags(config.tags),
      logGroupName: `/plinth/${pulumi.getStack()}/batch-flow`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  // Weights, shards, answers and image layers go by the free gateways, not through NAT, which bills by the gigabyte.
  const endpoints = new VpcEndpoints(
    'batch',
    { placement, network, services: [], readableBuckets: [`prod-${placement.region}-starport-layer-bucket`] },
    opts,
  );
  const group = new WorkloadGroup('machines', { description, network, endpoints, internet: true }, opts);
  return { subnetIds: network.subnetIds, securityGroupIds: [group.securityGroupId] };
}

/** The model as SageMaker hosts it, for transform jobs and the asynchronous endpoint. */
export function hostedModel(
  { id, weights, contextTokens }: OwnModel,
  { placement, dataKeyArn }: { readonly placement: Placement; readonly dataKeyArn: pulumi.Output<string> },
  ground: Ground,
  opts: pulumi.ComponentResourceOptions,
): HostedModel {
  return new HostedModel(
    'batch-model',
    {
      placement,
      source: {
        kind: 's3',
        data: { bucketName: weights.bucketName, prefix: `${weights.prefix}/` },
        image: largeModelImage(placement, 'gpu', weights.containerDigest),
        environment: { OPTION_MODEL_ID: '/opt/ml/model', OPTION_MAX_MODEL_LEN: String(contextTokens), MODEL_NAME: id },
      },
      card: { modelId: weights.modelId, license: weights.license, digest: `sha256:${weights.digest}` },
      network: { kind: 'isolated', ...ground },
      dataKeyArn: weights.keyArn ?? dataKeyArn,
    },
    opts,
  );
}
