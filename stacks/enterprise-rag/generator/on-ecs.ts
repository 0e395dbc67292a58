import {
  AccessLogBucket,
  grantPull,
  grantReadModel,
  InferenceService,
  InternalLoadBalancer,
  repositoryArn,
  watchContainers,
  watchTargets,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { EcsInference } from '../settings/inference.ts';
import type { Generator, GeneratorParts } from './generator.ts';

/** vLLM in containers of our own, behind a load balancer that the query function alone may call. */
export function ecsGenerator(
  config: EnterpriseRagConfig,
  settings: EcsInference,
  { placement, dataKeyArn, closed }: GeneratorParts,
  opts: pulumi.ComponentResourceOptions,
): Generator {
  const { weights, scaling } = settings;
  const disposable = config.tags.environment === 'dev';
  const folder = weights.prefix.slice(0, -1);
  const balancer = new InternalLoadBalancer(
    'generator',
    {
      network: closed.network,
      hostName: settings.hostName,
      certificateArn: settings.certificateArn,
      hostedZoneId: settings.hostedZoneId,
      callers: { query: { kind: 'security-group', id: closed.query.securityGroupId } },
      accessLogs: new AccessLogBucket('generator-access', { placement, forceDestroy: disposable }, opts),
      deletionProtection: !disposable,
    },
    opts,
  );
  const service = new InferenceService(
    'generator',
    {
      placement,
      network: closed.network,
      image: settings.image,
      pull: grantPull(repositoryArn(placement.partition, settings.image)),
      engine: { kind: 'vllm', maxModelLen: config.generator.contextTokens },
      model: { name: config.generator.id, source: `s3://${weights.bucketName}/${folder}`, digest: weights.digest },
      modelStatements: grantReadModel({
        placement,
        bucketArn: `arn:${placement.partition}:s3:::${weights.bucketName}`,
        prefix: folder,
        keyArn: dataKeyArn,
      }),
      capacity: {
        kind: 'ec2-gpu',
        instanceTypes: settings.instanceTypes,
        gpus: settings.gpus,
        maxInstances: scaling.max,
        memoryMb: settings.memoryMb,
      },
      scaling,
      loadBalancer: balancer,
      keyArn: dataKeyArn,
      logGroupName: `/plinth/${pulumi.getStack()}/rag-generator`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  return {
    target: { kind: 'openai', baseUrl: balancer.url, modelId: config.generator.id },
    statements: service.grantInvoke(),
    watches: [
      watchContainers({
        kind: 'ecs',
        clusterName: service.clusterName,
        serviceName: service.serviceName,
        least: scaling.min,
        label: 'generator',
      }),
      watchTargets({
        loadBalancer: balancer.arnSuffix,
        targetGroup: service.targetGroupArnSuffix,
        label: 'generator-targets',
      }),
    ],
    alarmArns: pulumi.output<string[]>([]),
    endpointName: null,
    registry: null,
  };
}
