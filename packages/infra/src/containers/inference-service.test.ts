import type * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf, type Registered } from '../testing/index.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import type { Capacity } from './capacity.ts';
import { ImageRepository } from './image-repository.ts';
import { InferenceService, type InferenceServiceArgs } from './inference-service.ts';
import { InternalLoadBalancer } from './internal-load-balancer.ts';
import { grantReadModel } from './model-store.ts';

const DIGEST = 'a'.repeat(64);
const network = { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-b'] };
const GPU: Capacity = { kind: 'ec2-gpu', instanceTypes: ['g6.xlarge', 'g5.xlarge'], maxInstances: 4, memoryMb: 12_288 };
const CPU: Capacity = { kind: 'fargate', cpu: 8192, memoryMb: 32_768 };

function balancer(): InternalLoadBalancer {
  const accessLogs = new AccessLogBucket('logs', { placement: PLACEMENT });
  return new InternalLoadBalancer('models', {
    network,
    hostName: 'models.internal.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/c',
    callers: { chat: { kind: 'security-group', id: 'sg-chat' } },
    accessLogs,
  });
}

function inference(args: Partial<InferenceServiceArgs> = {}): InferenceService {
  const repository = new ImageRepository('vllm', { repositoryName: 'plinth/vllm', keyArn: KEY_ARN });
  return new InferenceService('llama', {
    placement: PLACEMENT,
    network,
    image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/vllm@sha256:${DIGEST}`,
    pull: repository.grantPull(),
    engine: { kind: 'vllm', maxModelLen: 8192 },
    model: { name: 'llama-3.1-8b', source: 's3://models/llama/1', digest: DIGEST },
    modelStatements: grantReadModel({
      placement: PLACEMENT,
      bucketArn: 'arn:aws:s3:::models',
      prefix: 'llama/1',
      keyArn: KEY_ARN,
    }),
    capacity: GPU,
    scaling: { min: 1, max: 4 },
    loadBalancer: balancer(),
    keyArn: KEY_ARN,
    logGroupName: '/plinth/dev/llama',
    logKeyArn: KEY_ARN,
    ...args,
  });
}

const refused = (args: Partial<InferenceServiceArgs>, message: RegExp) =>
  registered(() => expect(() => inference(args)).toThrow(message));
const service = (args?: Partial<InferenceServiceArgs>) => registered(() => inference(args));

interface Container {
  readonly environment: { name: string; value: string }[];
  readonly secrets: unknown[];
  readonly [property: string]: unknown;
}

function containerOf(resources: Registered[]): Container {
  const { inputs } = only(resources, 'aws:ecs/taskDefinition:TaskDefinition');
  const [container] = JSON.parse(String(inputs['containerDefinitions'])) as Container[];
  if (container === undefined) throw new Error('The task has no container.');
  return container;
}

const SERVICE = 'aws:ecs/service:Service';
const INGRESS = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';

describe('InferenceService', () => {
  it('runs as nobody, on a read-only file system, without capabilities, from an image named by its content', async () => {
    for (const capacity of [GPU, CPU]) {
      const container = containerOf(await service({ capacity }));
      expect(container).toMatchObject({
        user: '65532:65532',
        privileged: false,
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ['ALL'] }, initProcessEnabled: true },
        image: expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
      });
    }
  });

  it('refuses an image by tag', async () => {
    await refused({ image: 'vllm/vllm-openai:latest' }, /not pinned/);
  });

  it('sets the context of the model, and refuses to run code that comes with the weights', async () => {
    expect(containerOf(await service()).environment).toContainEqual({ name: 'MAX_MODEL_LEN', value: '8192' });
    for (const flag of ['--trust-remote-code', '--trust_remote_code=true'])
      await refused({ engine: { kind: 'vllm', maxModelLen: 8192, flags: [flag] } }, /weights/);
    await refused(
      { engine: { kind: 'vllm', maxModelLen: 8192, flags: ['--max-model-len=1'] } },
      /component's own arguments/,
    );
  });

  it('runs TGI by its own limits', async () => {
    const engine = { kind: 'tgi', maxInputTokens: 3000, maxTotalTokens: 4000 } as const;
    const { environment } = containerOf(await service({ engine }));
    expect(environment).toContainEqual({ name: 'ENGINE', value: 'tgi' });
    expect(environment).toContainEqual({ name: 'MAX_MODEL_LEN', value: '4000' });
    await refused({ engine: { ...engine, maxTotalTokens: 3000 } }, /above maxInputTokens/);
  });

  it('has time to drain before it is killed, and at the load balancer too', async () => {
    const resources = await service({ drainSeconds: 60 });
    expect(containerOf(resources)).toMatchObject({ stopTimeout: 70 });
    expect(containerOf(resources).environment).toContainEqual({ name: 'DRAIN_TIMEOUT_SECONDS', value: '60' });
    expect(only(resources, 'aws:lb/targetGroup:TargetGroup').inputs['deregistrationDelay']).toBe(60);
    await refused({ drainSeconds: 111 }, /1 to 110/);
  });

  it('reads its key from Secrets Manager, never from the task definition, and lets callers read it', async () => {
    const apiKey = { arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key', keyArn: KEY_ARN };
    const container = containerOf(await service({ apiKey }));
    expect(container.secrets).toEqual([{ name: 'VLLM_API_KEY', valueFrom: apiKey.arn }]);
    expect(container.environment.map(({ name }) => name)).not.toContain('VLLM_API_KEY');
    await registered(async () => {
      const [read, decrypt] = await valueOf(inference({ apiKey }).grantInvoke());
      expect(read).toMatchObject({ Action: ['secretsmanager:GetSecretValue'], Resource: [apiKey.arn] });
      expect(decrypt).toMatchObject({ Action: ['kms:Decrypt'], Resource: [KEY_ARN] });
      expect(inference().grantInvoke()).toEqual([]);
    });
  });

  it('admits the load balancer to its containers, and the named callers to the load balancer, nobody else', async () => {
    const rules = (await service())
      .filter(({ type }) => type === INGRESS)
      .map(({ name, inputs }) => ({ name, ...inputs }));
    expect(rules).toHaveLength(3);
    expect(rules.every((rule) => !('cidrIpv4' in rule))).toBe(true);
    expect(rules).toContainEqual(
      expect.objectContaining({ name: 'models-chat', referencedSecurityGroupId: 'sg-chat', fromPort: 443 }),
    );
    expect(rules).toContainEqual(
      expect.objectContaining({ name: 'llama-serving', referencedSecurityGroupId: 'models-id', fromPort: 8000 }),
    );
  });

  it('rolls back what does not come up, and waits for weights to load', async () => {
    expect(only(await service(), SERVICE).inputs).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentMinimumHealthyPercent: 100,
      healthCheckGracePeriodSeconds: 1200,
      enableExecuteCommand: false,
      networkConfiguration: { assignPublicIp: false },
    });
  });

  it('keeps GPU instances encrypted, on IMDSv2 one hop deep, and alive while they serve', async () => {
    const resources = await service();
    const template = only(resources, 'aws:ec2/launchTemplate:LaunchTemplate').inputs;
    expect(template).toMatchObject({
      imageId: expect.stringMatching(/^resolve:ssm:\/aws\/service\/ecs\/optimized-ami\/.*gpu/),
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ ebs: { encrypted: 'true', kmsKeyId: KEY_ARN } }],
    });
    expect(Buffer.from(String(template['userData']), 'base64').toString()).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
    expect(
      only(resources, 'aws:ecs/capacityProvider:CapacityProvider').inputs['autoScalingGroupProvider'],
    ).toMatchObject({
      managedTerminationProtection: 'ENABLED',
      managedDraining: 'ENABLED',
    });
    expect(only(resources, 'aws:autoscaling/group:Group').inputs).toMatchObject({
      maxSize: 4,
      protectFromScaleIn: true,
    });
  });

  it('mixes Spot with so many steady instances, and keeps one steady container on Fargate', async () => {
    const spot: Capacity = { ...GPU, market: { kind: 'spot', onDemandBase: 1 } } as Capacity;
    expect(only(await service({ capacity: spot }), 'aws:autoscaling/group:Group').inputs).toMatchObject({
      mixedInstancesPolicy: {
        instancesDistribution: { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 0 },
      },
    });
    const { inputs } = only(await service({ capacity: { ...CPU, spot: true } as Capacity }), SERVICE);
    expect(inputs['capacityProviderStrategies']).toEqual([
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ]);
  });

  it('refuses capacity that AWS does not sell', async () => {
    await refused({ capacity: { kind: 'fargate', cpu: 1024, memoryMb: 16_384 } }, /Fargate sells/);
    await refused({ scaling: { min: 3, max: 2 } }, /max of "scaling"/);
    await refused({ scaling: { min: 0, max: 2 } }, /never starts/);
  });

  it('scales by queue and by tokens, per container, and sleeps off-peak', async () => {
    const resources = await service({
      scaling: {
        min: 1,
        max: 4,
        waitingRequests: 2,
        tokensPerSecond: 900,
        schedules: { night: { schedule: 'cron(0 20 ? * MON-FRI *)', min: 0, max: 1 } },
      },
    });
    const policies = resources.filter(({ type }) => type === 'aws:appautoscaling/policy:Policy');
    expect(
      policies.map(({ inputs }) => {
        const { customizedMetricSpecification: metric, targetValue } = inputs[
          'targetTrackingScalingPolicyConfiguration'
        ] as {
          customizedMetricSpecification: { metricName: string; statistic: string };
          targetValue: number;
        };
        return `${metric.statistic} ${metric.metricName} ${targetValue}`;
      }),
    ).toEqual(['Average RequestsWaiting 2', 'Average TokensPerSecond 900']);
    expect(only(resources, 'aws:appautoscaling/scheduledAction:ScheduledAction').inputs).toMatchObject({
      scalableTargetAction: { minCapacity: 0, maxCapacity: 1 },
    });
    expect(only(resources, 'aws:appautoscaling/target:Target').inputs['maxCapacity']).toBe(4);
  });

  it('grants nothing on everything', async () => {
    const resources = await service();
    expect(unjustifiedWildcards(resources)).toEqual([]);
    const task = statementsOf(resources).filter(({ resource }) => resource.endsWith('llama-task'));
    expect(task.flatMap(({ Action }) => Action)).toEqual([
      'sts:AssumeRole',
      's3:GetObject',
      'kms:Decrypt',
      'kms:GenerateDataKey',
    ]);
  });

  it('answers over TLS under the name of the certificate', async () => {
    let url = '';
    await registered(async () => {
      const output: pulumi.Output<string> = inference().url;
      url = await valueOf(output);
    });
    expect(url).toBe('https://models.internal.example.com/v1');
  });
});

describe('InternalLoadBalancer', () => {
  it('is internal, protected, logged, strict about headers and patient with long answers', async () => {
    const resources = await registered(balancer);
    expect(only(resources, 'aws:lb/loadBalancer:LoadBalancer').inputs).toMatchObject({
      internal: true,
      dropInvalidHeaderFields: true,
      enableDeletionProtection: true,
      idleTimeout: 900,
      accessLogs: { enabled: true, bucket: 'logs-id' },
    });
    expect(only(resources, 'aws:lb/listener:Listener').inputs).toMatchObject({
      protocol: 'HTTPS',
      sslPolicy: expect.stringContaining('TLS13'),
      defaultActions: [{ fixedResponse: { statusCode: '404' } }],
    });
  });
});

describe('ImageRepository', () => {
  it('never moves a tag, scans what is pushed, and is encrypted under our key', async () => {
    const resources = await registered(
      () => new ImageRepository('vllm', { repositoryName: 'plinth/vllm', keyArn: KEY_ARN }),
    );
    expect(only(resources, 'aws:ecr/repository:Repository').inputs).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: KEY_ARN }],
    });
    only(resources, 'aws:ecr/lifecyclePolicy:LifecyclePolicy');
  });
});
