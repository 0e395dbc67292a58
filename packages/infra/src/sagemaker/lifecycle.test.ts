import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { BatchTransform } from './batch-transform.ts';
import { ExperimentTracking } from './experiment-tracking.ts';
import { ModelMonitor, type ModelMonitorArgs } from './model-monitor.ts';
import { ModelPipeline } from './model-pipeline.ts';
import { ModelRegistry } from './model-registry.ts';
import { model } from './testing.ts';

const IN = { bucketName: 'work', prefix: 'in/' };
const OUT = { bucketName: 'work', prefix: 'out/' };

describe('BatchTransform', () => {
  const transform = (instanceType = 'ml.c7i.2xlarge') =>
    new BatchTransform('nightly', {
      placement: PLACEMENT,
      model: model(),
      input: IN,
      output: OUT,
      keyArn: KEY_ARN,
      instanceType,
    });

  it('describes a job that Step Functions names and starts', async () => {
    await registered(async () => {
      const { jobPrefix, request } = transform();
      expect(jobPrefix).toBe('plinth-dev-nightly');
      expect(await valueOf(request)).toMatchObject({
        ModelName: 'writer-id',
        TransformInput: { DataSource: { S3DataSource: { S3Uri: 's3://work/in/' } }, SplitType: 'Line' },
        TransformOutput: { S3OutputPath: 's3://work/out/', KmsKeyId: KEY_ARN, AssembleWith: 'Line' },
        TransformResources: { InstanceType: 'ml.c7i.2xlarge', InstanceCount: 1, VolumeKmsKeyId: KEY_ARN },
      });
      expect(JSON.stringify(await valueOf(transform('ml.g6.xlarge').request))).not.toContain('VolumeKmsKeyId');
    });
  });

  it('lets the state machine run jobs of its own name, and the model read and write', async () => {
    let run: unknown;
    const resources = await registered(async () => (run = await valueOf(transform().grantRun())));
    expect(run).toMatchObject([
      { Resource: ['arn:aws:sagemaker:us-east-1:123456789012:transform-job/plinth-dev-nightly-*'] },
      { Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'] },
      { Action: ['kms:CreateGrant'], Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
    ]);
    const granted = statementsOf(resources).filter(
      ({ resource }) => resource === 'aws:iam/rolePolicy:RolePolicy nightly',
    );
    expect(granted.map(({ Sid }) => Sid)).toEqual([
      'ReadObjects',
      'ListObjects',
      'WriteObjects',
      'UseKeyThroughServices',
      'WriteJobLogs',
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });
});

describe('ModelMonitor', () => {
  const monitored = (change: Partial<ModelMonitorArgs> = {}) =>
    registered(
      () =>
        new ModelMonitor('drift', {
          placement: PLACEMENT,
          endpoint: { endpointName: 'answers', arn: 'arn:endpoint' },
          captured: IN,
          image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/monitor@sha256:0123',
          reports: OUT,
          keyArn: KEY_ARN,
          network: { subnetIds: ['subnet-a'], securityGroupIds: ['sg-a'] },
          ...change,
        }),
    );

  it('looks every hour, encrypted, in the VPC and without a way out', async () => {
    const resources = await monitored();
    expect(only(resources, 'aws:sagemaker/monitoringSchedule:MonitoringSchedule').inputs).toMatchObject({
      monitoringScheduleConfig: {
        scheduleConfig: { scheduleExpression: 'cron(0 * ? * * *)' },
        monitoringJobDefinition: {
          monitoringInputs: { endpointInput: { endpointName: 'answers' } },
          monitoringOutputConfig: { kmsKeyId: KEY_ARN },
          monitoringResources: { clusterConfig: { volumeKmsKeyId: KEY_ARN } },
          networkConfig: { enableNetworkIsolation: true, vpcConfig: { subnets: ['subnet-a'] } },
        },
      },
    });
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('compares with a baseline where there is one', async () => {
    const baseline = {
      folder: { bucketName: 'work', prefix: 'base/' },
      statisticsFile: 's.json',
      constraintsFile: 'c.json',
    };
    const { inputs } = only(await monitored({ baseline }), 'aws:sagemaker/monitoringSchedule:MonitoringSchedule');
    expect(JSON.stringify(inputs)).toContain('s3://work/base/c.json');
  });

  it('refuses to look more often than SageMaker can', async () => {
    await expect(monitored({ schedule: 'cron(0/5 * ? * * *)' })).rejects.toThrow(/whole hours/);
  });
});

describe('ModelRegistry', () => {
  it('keeps adding a version and approving it apart', async () => {
    await registered(async () => {
      const registry = new ModelRegistry('writer', { placement: PLACEMENT, description: 'Writes.' });
      const [register] = await valueOf(registry.grantRegister());
      const [approve] = await valueOf(registry.grantApprove());
      expect(register?.Action).not.toContain('sagemaker:UpdateModelPackage');
      expect(approve?.Action).not.toContain('sagemaker:CreateModelPackage');
      expect(register?.Resource).toContain(
        'arn:aws:sagemaker:us-east-1:123456789012:model-package/plinth-dev-writer/*',
      );
    });
  });
});

describe('ModelPipeline', () => {
  it('runs the definition given with the statements given', async () => {
    const definition = { Version: '2020-12-01', Steps: [] };
    const statements = [{ Sid: 'Read', Effect: 'Allow' as const, Action: ['s3:GetObject'], Resource: ['arn:object'] }];
    const resources = await registered(
      () => new ModelPipeline('tune', { placement: PLACEMENT, description: 'Tunes.', definition, statements }),
    );
    const { inputs } = only(resources, 'aws:sagemaker/pipeline:Pipeline');
    expect(JSON.parse(String(inputs['pipelineDefinition']))).toEqual(definition);
    expect(inputs['pipelineName']).toBe('plinth-dev-tune');
    expect(statementsOf(resources).map(({ Sid }) => Sid)).toContain('Read');
  });
});

describe('ExperimentTracking', () => {
  it('keeps files in our bucket, and registers nothing behind an approver’s back', async () => {
    let record: unknown;
    const resources = await registered(async () => {
      const tracking = new ExperimentTracking('runs', { placement: PLACEMENT, artifacts: OUT, keyArn: KEY_ARN });
      record = await valueOf(tracking.grantRecord());
    });
    expect(only(resources, 'aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer').inputs).toMatchObject({
      artifactStoreUri: 's3://work/out/',
      trackingServerSize: 'Small',
      automaticModelRegistration: false,
    });
    expect(JSON.stringify(record)).toContain('sagemaker-mlflow:LogBatch');
    expect(JSON.stringify(record)).not.toContain('Delete');
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });
});
