import {
  EndpointScaling,
  HostedModel,
  largeModelImage,
  ModelMonitor,
  ModelRegistry,
  PrivateBucket,
  RealtimeEndpoint,
  watchEndpoint,
} from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { SageMakerInference } from '../settings/inference.ts';
import type { Generator, GeneratorParts } from './generator.ts';

const DAYS_CAPTURED = 30;

/**
 * An open model on a real-time endpoint in our subnets: scaled by requests in flight, fewer at night, new versions as a canary; a sample of
 * what it is asked and answers is kept and looked at.
 */
export function sagemakerGenerator(
  config: EnterpriseRagConfig,
  settings: SageMakerInference,
  parts: GeneratorParts,
  opts: pulumi.ComponentResourceOptions,
): Generator {
  const { placement, dataKeyArn, alertTopicArn, closed } = parts;
  const { scaling, offPeak, monitor } = settings;
  const inside = { subnetIds: closed.network.subnetIds, securityGroupIds: [closed.model.securityGroupId] };

  const registry = new ModelRegistry('generator', { placement, description: 'Models that write answers.' }, opts);
  const model = new HostedModel(
    'generator',
    {
      placement,
      source: {
        kind: 's3',
        data: settings.weights,
        image: settings.image ?? largeModelImage(placement, 'gpu'),
        environment: {
          OPTION_MAX_MODEL_LEN: String(config.generator.contextTokens),
          OPTION_TRUST_REMOTE_CODE: 'false',
          OPTION_TENSOR_PARALLEL_DEGREE: 'max',
          ...settings.environment,
        },
      },
      card: settings.card,
      network: { kind: 'isolated', ...inside },
      dataKeyArn,
    },
    opts,
  );

  // What is kept holds questions, passages and answers: a bucket of its own, that forgets.
  const watched = new PrivateBucket(
    'captured',
    {
      keyArn: dataKeyArn,
      expireAfterDays: DAYS_CAPTURED,
      forceDestroy: config.tags.environment === 'dev',
    },
    opts,
  );
  const captured = { bucketName: watched.bucketName, prefix: 'captured/' };
  const endpoint = new RealtimeEndpoint(
    'generator',
    {
      placement,
      hosting: { kind: 'single', model },
      fleet: { instanceType: settings.instanceType, instances: scaling.min },
      keyArn: dataKeyArn,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
      alarms: { topicArn: alertTopicArn },
      capture: { to: captured, keyArn: dataKeyArn, percent: settings.capturePercent },
    },
    opts,
  );
  new EndpointScaling(
    'generator',
    {
      target: endpoint.scalingTarget(),
      min: scaling.min,
      max: scaling.max,
      by: { kind: 'concurrency', requests: scaling.concurrency },
      ...(offPeak && {
        timezone: offPeak.timezone,
        scheduled: [
          { name: 'evening', schedule: offPeak.evening, min: offPeak.min, max: offPeak.max },
          { name: 'morning', schedule: offPeak.morning, min: scaling.min, max: scaling.max },
        ],
      }),
    },
    opts,
  );
  if (monitor)
    new ModelMonitor(
      'generator',
      {
        placement,
        endpoint,
        captured,
        reports: { bucketName: watched.bucketName, prefix: 'reports/' },
        image: monitor.image,
        schedule: monitor.schedule,
        instanceType: monitor.instanceType,
        keyArn: dataKeyArn,
        network: inside,
      },
      opts,
    );
  return {
    target: { kind: 'sagemaker', endpointName: endpoint.endpointName, modelId: settings.card.modelId },
    statements: endpoint.grantInvoke(),
    watches: [watchEndpoint({ endpointName: endpoint.endpointName, label: 'generator' })],
    alarmArns: endpoint.alarmArns,
    endpointName: endpoint.endpointName,
    registry: registry.groupName,
  };
}
