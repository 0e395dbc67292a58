import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { grantKeyThrough } from '../governance/key.ts';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { grantInterfaces, type InterfaceNetwork } from '../iam/network-interfaces.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust } from '../iam/statement.ts';
import { hasOwnDisks } from './instance-storage.ts';
import { repositoryArn } from './model-image.ts';
import { grantSharedLogs } from './shared-logs.ts';

export interface ModelMonitorArgs {
  placement: Placement;
  /** An endpoint that captures data. */
  endpoint: { readonly endpointName: pulumi.Input<string>; readonly arn: pulumi.Input<string> };
  /** Where it captures. */
  captured: ObjectPrefix;
  /** ECR image that looks at the captured data: AWS's analyzer of the Region, or your own for text. */
  image: pulumi.Input<string>;
  /** Statistics and constraints to compare with, as S3 URIs under `baselineFolder`. @default the image knows what is right by itself */
  baseline?: { folder: ObjectPrefix; statisticsFile: string; constraintsFile: string };
  /** Where reports are written. */
  reports: ObjectPrefix;
  /** Customer-managed key of data, reports and volumes. */
  keyArn: pulumi.Input<string>;
  network: InterfaceNetwork;
  /** Once an hour at most. @default 'cron(0 * ? * * *)', every hour */
  schedule?: string;
  /** @default 'ml.m6i.xlarge' */
  instanceType?: string;
  /** Settings of the image. @default none */
  environment?: Readonly<Record<string, string>>;
}

/**
 * Looks at what an endpoint was asked and answered, on a schedule, and reports what has drifted. The job stands in the VPC, without a way
 * out; findings lie in S3, and the end of each run is an EventBridge event.
 */
export class ModelMonitor extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ModelMonitorArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { placement, endpoint, captured, reports, keyArn, network, baseline } = args;
    const schedule = args.schedule ?? 'cron(0 * ? * * *)';
    if (!/^cron\(0 /.test(schedule))
      throw new StackError(
        `Monitoring runs at whole hours, once an hour at most; "${schedule}" does not. Set "cron(0 …)".`,
      );
    super('plinth:sagemaker:ModelMonitor', name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: 'SageMaker looks at what an endpoint was asked and answered.',
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          { Sid: 'SeeEndpoint', Effect: 'Allow', Action: ['sagemaker:DescribeEndpoint'], Resource: [endpoint.arn] },
          ...grantReadUnder(placement, captured),
          ...(baseline === undefined ? [] : grantReadUnder(placement, baseline.folder)),
          grantWriteUnder(placement, reports),
          grantKeyThrough(keyArn, placement, 's3'),
          {
            Sid: 'PullImage',
            Effect: 'Allow',
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Resource: [pulumi.output(args.image).apply((image) => repositoryArn(placement.partition, image))],
          },
          JUSTIFIED.registryLogin,
          grantSharedLogs(placement, 'ProcessingJobs'),
          ...grantInterfaces(placement, network),
        ]),
      },
      parent,
    );
    const instanceType = args.instanceType ?? 'ml.m6i.xlarge';
    const monitor = new aws.sagemaker.MonitoringSchedule(
      name,
      {
        monitoringScheduleConfig: {
          monitoringType: 'DataQuality',
          scheduleConfig: { scheduleExpression: schedule },
          monitoringJobDefinition: {
            roleArn: role.arn,
            monitoringAppSpecification: { imageUri: args.image },
            environment: { ...args.environment },
            monitoringInputs: {
              endpointInput: { endpointName: endpoint.endpointName, localPath: '/opt/ml/processing/input/endpoint' },
            },
            ...(baseline !== undefined && { baseline: baselineOf(baseline) }),
            monitoringOutputConfig: {
              kmsKeyId: keyArn,
              monitoringOutputs: {
                s3Output: { localPath: '/opt/ml/processing/output', s3Uri: s3Uri(reports), s3UploadMode: 'EndOfJob' },
              },
            },
            monitoringResources: {
              clusterConfig: {
                instanceCount: 1,
                instanceType,
                volumeSizeInGb: 30,
                ...(hasOwnDisks(instanceType) ? {} : { volumeKmsKeyId: keyArn }),
              },
            },
            networkConfig: {
              enableNetworkIsolation: true,
              enableInterContainerTrafficEncryption: true,
              vpcConfig: { subnets: network.subnetIds, securityGroupIds: network.securityGroupIds },
            },
            // The next run must find the way free.
            stoppingConditions: [{ maxRuntimeInSeconds: 3300 }],
          },
        },
      },
      { ...parent, dependsOn: policy },
    );
    this.arn = monitor.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function baselineOf({ folder, statisticsFile, constraintsFile }: NonNullable<ModelMonitorArgs['baseline']>) {
  const at = (file: string) => ({ s3Uri: pulumi.interpolate`${s3Uri(folder)}${file}` });
  return { statisticsResource: at(statisticsFile), constraintsResource: at(constraintsFile) };
}
