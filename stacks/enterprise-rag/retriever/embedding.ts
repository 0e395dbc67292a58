import {
  EndpointScaling,
  HostedModel,
  RealtimeEndpoint,
  ServerlessEndpoint,
  watchEndpoint,
  type ModelNetwork,
  type Statement,
  type Watch,
} from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { Embedding } from '../settings/retriever.ts';
import type { RetrieverParts } from './retriever.ts';

/** What turns text into vectors: its place in `PLINTH_INDEX`, and what a role needs to call it. */
export interface EmbeddingModel {
  readonly target: Readonly<Record<string, pulumi.Input<string> | number>>;
  readonly statements: readonly Statement[];
  readonly watches: readonly Watch[];
}

type Settings<K extends Embedding['kind']> = Extract<Embedding, { kind: K }>;

export function embeddingOf(
  config: EnterpriseRagConfig,
  settings: Embedding,
  parts: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): EmbeddingModel {
  switch (settings.kind) {
    case 'bedrock':
      return onBedrock(settings, parts);
    case 'sagemaker':
      return onInstances(config, settings, parts, opts);
    case 'sagemaker-serverless':
      return serverless(config, settings, parts, opts);
  }
}

function onBedrock(
  { modelId, dimensions }: Settings<'bedrock'>,
  { placement: { partition, region } }: RetrieverParts,
): EmbeddingModel {
  return {
    target: { kind: 'bedrock', modelId, dimensions },
    statements: [
      {
        Sid: 'Embed',
        Effect: 'Allow',
        // No guardrail condition: guardrails look at text, and an embedding call's answer holds none.
        Action: ['bedrock:InvokeModel'],
        Resource: [`arn:${partition}:bedrock:${region}::foundation-model/${modelId}`],
      },
    ],
    watches: [],
  };
}

function onInstances(
  config: EnterpriseRagConfig,
  settings: Settings<'sagemaker'>,
  parts: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): EmbeddingModel {
  const { network, model } = parts.closed;
  const { min, max, concurrency } = settings.scaling;
  const endpoint = new RealtimeEndpoint(
    'embedding',
    {
      placement: parts.placement,
      hosting: {
        kind: 'single',
        model: hosted(
          settings,
          { kind: 'isolated', subnetIds: network.subnetIds, securityGroupIds: [model.securityGroupId] },
          parts,
          opts,
        ),
      },
      fleet: { instanceType: settings.instanceType, instances: min },
      ...common(config, parts),
    },
    opts,
  );
  new EndpointScaling(
    'embedding',
    { target: endpoint.scalingTarget(), min, max, by: { kind: 'concurrency', requests: concurrency } },
    opts,
  );
  return called(settings, endpoint, [
    watchEndpoint({ endpointName: endpoint.endpointName, label: 'embedding', gpus: 0 }),
  ]);
}

function serverless(
  config: EnterpriseRagConfig,
  settings: Settings<'sagemaker-serverless'>,
  parts: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): EmbeddingModel {
  const endpoint = new ServerlessEndpoint(
    'embedding',
    {
      model: hosted(settings, { kind: 'serverless' }, parts, opts),
      memoryMb: settings.memoryMb,
      maxConcurrency: settings.maxConcurrency,
      ...common(config, parts),
    },
    opts,
  );
  return called(settings, endpoint, []);
}

function common({ logRetentionDays }: EnterpriseRagConfig, { dataKeyArn, alertTopicArn }: RetrieverParts) {
  return { keyArn: dataKeyArn, logKeyArn: dataKeyArn, logRetentionDays, alarms: { topicArn: alertTopicArn } };
}

function hosted(
  { weights, image, environment, card }: Settings<'sagemaker' | 'sagemaker-serverless'>,
  network: ModelNetwork,
  { placement, dataKeyArn }: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): HostedModel {
  return new HostedModel(
    'embedding',
    { placement, source: { kind: 's3', data: weights, image, environment }, card, network, dataKeyArn },
    opts,
  );
}

function called(
  { card, dimensions }: Settings<'sagemaker' | 'sagemaker-serverless'>,
  endpoint: RealtimeEndpoint | ServerlessEndpoint,
  watches: readonly Watch[],
): EmbeddingModel {
  return {
    target: { kind: 'sagemaker', endpointName: endpoint.endpointName, modelId: card.modelId, dimensions },
    statements: endpoint.grantInvoke(),
    watches,
  };
}
