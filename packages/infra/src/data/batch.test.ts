import * as aws from '@pulumi/aws';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policyDocument } from '../iam/statement.ts';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { BatchJob, type BatchJobArgs } from './batch-job.ts';
import { BatchQueue, type BatchQueueArgs } from './batch-queue.ts';

const TAGS = { owner: 'batch', environment: 'dev' };
const QUEUE: BatchQueueArgs = {
  placement: PLACEMENT,
  subnetIds: ['subnet-1', 'subnet-2'],
  securityGroupIds: ['sg-1'],
  instanceTypes: ['g6.xlarge', 'g5.xlarge'],
  maxVcpus: 64,
  hardware: 'nvidia',
  volumeKeyArn: KEY_ARN,
  tags: TAGS,
};
const queue = (change: Partial<BatchQueueArgs> = {}) =>
  registered(() => new BatchQueue('gpu', { ...QUEUE, ...change }));
const environment = async () =>
  only(await queue(), 'aws:batch/computeEnvironment:ComputeEnvironment').inputs['computeResources'] as Record<
    string,
    unknown
  >;

describe('BatchQueue', () => {
  it('buys Spot machines of the named types, up to its cap, and none when idle', async () => {
    expect(await environment()).toMatchObject({
      type: 'SPOT',
      allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
      minVcpus: 0,
      maxVcpus: 64,
      instanceTypes: ['g6.xlarge', 'g5.xlarge'],
      ec2Configurations: [{ imageType: 'ECS_AL2023_NVIDIA' }],
      tags: TAGS,
    });
  });

  it('starts machines with session-token metadata and a disk under our key', async () => {
    const { inputs } = only(await queue(), 'aws:ec2/launchTemplate:LaunchTemplate');
    expect(inputs['metadataOptions']).toEqual({
      httpEndpoint: 'enabled',
      httpTokens: 'required',
      httpPutResponseHopLimit: 1,
    });
    expect(inputs['blockDeviceMappings']).toMatchObject([
      { ebs: { encrypted: 'true', kmsKeyId: KEY_ARN, volumeType: 'gp3' } },
    ]);
    expect(inputs['tagSpecifications']).toEqual([{ resourceType: 'volume', tags: TAGS }]);
  });

  it('lets Auto Scaling, and nobody else, use that key for disks', async () => {
    expect(only(await queue(), 'aws:kms/grant:Grant').inputs).toMatchObject({
      keyId: KEY_ARN,
      granteePrincipal:
        'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    });
  });

  it('cancels a job that fits on no machine, instead of letting it wait for ever', async () => {
    const { inputs } = only(await queue({ misfitMinutes: 10 }), 'aws:batch/jobQueue:JobQueue');
    expect(inputs['jobStateTimeLimitActions']).toMatchObject([
      { action: 'CANCEL', state: 'RUNNABLE', maxTimeSeconds: 600 },
    ]);
  });

  it.each<[Partial<BatchQueueArgs>, RegExp]>([
    [{ instanceTypes: [] }, /name its instance types/],
    [{ instanceTypes: ['optimal'] }, /name its instance types/],
    [{ maxVcpus: 0 }, /cap its vCPUs/],
    [{ misfitMinutes: 5 }, /10 to 1440/],
  ])('refuses %j', async (change, says) => {
    await registered(() => {
      expect(() => new BatchQueue('gpu', { ...QUEUE, ...change })).toThrow(says);
    });
  });
});

const contract = z.object({ OUTPUT_BUCKET: z.string(), SHARD_SIZE: z.coerce.number().default(100) });
const JOB: BatchJobArgs<typeof contract> = {
  placement: PLACEMENT,
  queue: { arn: 'arn:aws:batch:us-east-1:123456789012:job-queue/gpu' },
  image: `registry/batch@sha256:${'a'.repeat(64)}`,
  contract,
  environment: { OUTPUT_BUCKET: 'results' },
  vcpus: 4,
  memoryMb: 15_000,
  gpus: 1,
  timeoutSeconds: 1800,
  statements: [{ Sid: 'Write', Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::results/one'] }],
  logGroupName: '/plinth/test/batch',
  logKeyArn: KEY_ARN,
};
const job = (change: Partial<BatchJobArgs<typeof contract>> = {}) =>
  registered(() => new BatchJob('shard', { ...JOB, ...change }));
const DEFINITION = 'aws:batch/jobDefinition:JobDefinition';

describe('BatchJob', () => {
  it('runs without root, privileges or a file system to write to, but for scratch space', async () => {
    const container = JSON.parse(String(only(await job(), DEFINITION).inputs['containerProperties'])) as Record<
      string,
      unknown
    >;
    expect(container).toMatchObject({
      user: '65532',
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { tmpfs: [{ containerPath: '/tmp', mountOptions: ['nosuid', 'nodev', 'noexec'] }] },
      environment: [{ name: 'OUTPUT_BUCKET', value: 'results' }],
      resourceRequirements: [
        { type: 'VCPU', value: '4' },
        { type: 'MEMORY', value: '15000' },
        { type: 'GPU', value: '1' },
      ],
    });
  });

  it('writes where it must on the disk of its machine, and keeps nothing there', async () => {
    const { inputs } = only(await job({ writablePaths: ['/models'] }), DEFINITION);
    expect(JSON.parse(String(inputs['containerProperties']))).toMatchObject({
      readonlyRootFilesystem: true,
      volumes: [{ name: 'writable-0', host: {} }],
      mountPoints: [{ sourceVolume: 'writable-0', containerPath: '/models', readOnly: false }],
    });
  });

  it('is tried again when its machine is taken or it asks for it, and ends on time', async () => {
    const { inputs } = only(await job(), DEFINITION);
    expect(inputs['retryStrategy']).toEqual({
      attempts: 5,
      evaluateOnExits: [
        { action: 'RETRY', onStatusReason: 'Host EC2*' },
        { action: 'RETRY', onExitCode: '75' },
        { action: 'EXIT', onReason: '*' },
      ],
    });
    expect(inputs['timeout']).toEqual({ attemptDurationSeconds: 1800 });
  });

  it('has a role of its own with exactly what it was given', async () => {
    const resources = await job();
    expect(
      statementsOf(resources)
        .filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy:'))
        .map(({ Sid }) => Sid),
    ).toEqual(['Write']);
  });

  it('is submitted as it stands, to its queue, and to no other', async () => {
    await registered(async () => {
      const { Resource } = await valueOf(new BatchJob('shard', JOB).grantSubmit());
      expect(Resource).toEqual([
        'arn:aws:batch:us-east-1:123456789012:job-definition/shard-id:1',
        'arn:aws:batch:us-east-1:123456789012:job-queue/gpu',
      ]);
    });
  });

  it('is run by a workflow that waits for it, without a wildcard that lacks a reason', async () => {
    const resources = await registered(() => {
      const policy = policyDocument(new BatchJob('shard', JOB).grantRun());
      new aws.iam.RolePolicy('runner', { role: 'runner', policy });
    });
    const granted = statementsOf(resources).filter(({ resource }) => resource.endsWith(' runner'));
    expect(granted.map(({ Sid }) => Sid)).toEqual(['SubmitJobs', 'DescribeJobs', 'EndJobs', 'HearOfJobs']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it.each<[Partial<BatchJobArgs<typeof contract>>, RegExp]>([
    [{ image: 'registry/batch:latest' }, /not pinned/],
    [{ attempts: 1 }, /2 to 10 attempts/],
    [{ timeoutSeconds: 10 }, /60 seconds/],
  ])('refuses %j', async (change, says) => {
    await registered(() => {
      expect(() => new BatchJob('shard', { ...JOB, ...change })).toThrow(says);
    });
  });
});
