import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';

export interface ExperimentTrackingArgs {
  placement: Placement;
  /** Where runs keep their files. */
  artifacts: ObjectPrefix;
  /** Customer-managed key of those files. */
  keyArn: pulumi.Input<string>;
  /** For about 25, 50 or 100 people. Paid by the hour while it runs. @default 'Small' */
  size?: 'Small' | 'Medium' | 'Large';
  /** `major.minor`. @default the newest SageMaker has */
  mlflowVersion?: string;
  /** Physical name. @default `plinth-<stack>-<name>` */
  serverName?: string;
}

/** MLflow, run by SageMaker: what was tried, with which settings, and how well it did. People and jobs come in by IAM, not by a password. */
export class ExperimentTracking extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly #files: readonly Statement[];

  constructor(name: string, args: ExperimentTrackingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:sagemaker:ExperimentTracking', name, {}, opts);
    const { placement, artifacts, keyArn } = args;
    const parent = { parent: this };
    const files = [
      ...grantReadUnder(placement, artifacts),
      grantWriteUnder(placement, artifacts),
      grantKeyThrough(keyArn, placement, 's3'),
    ];
    const role = new aws.iam.Role(
      name,
      {
        description: 'The MLflow server keeps files of runs.',
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument(files),
      },
      parent,
    );
    const server = new aws.sagemaker.MlflowTrackingServer(
      name,
      {
        trackingServerName: args.serverName ?? `plinth-${pulumi.getStack()}-${name}`,
        artifactStoreUri: s3Uri(artifacts),
        roleArn: role.arn,
        trackingServerSize: args.size ?? 'Small',
        // Versions enter the registry by a pipeline, which can be made to wait for approval.
        automaticModelRegistration: false,
        ...(args.mlflowVersion !== undefined && { mlflowVersion: args.mlflowVersion }),
      },
      { ...parent, dependsOn: policy },
    );
    this.arn = server.arn;
    this.#files = files;
    this.url = server.trackingServerUrl;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  /** Lets a job or a person record runs and read them, and delete none. MLflow's client reads and writes a run's files itself. */
  grantRecord(): Statement[] {
    const verbs = [
      ...['CreateExperiment', 'GetExperiment', 'GetExperimentByName', 'SearchExperiments'],
      ...['CreateRun', 'GetRun', 'UpdateRun', 'SearchRuns', 'SetTag'],
      ...['LogBatch', 'LogMetric', 'LogParam', 'LogInputs', 'LogModel', 'GetMetricHistory', 'ListArtifacts'],
    ];
    return [
      {
        Sid: 'RecordExperiments',
        Effect: 'Allow',
        Action: verbs.map((verb) => `sagemaker-mlflow:${verb}`),
        Resource: [this.arn],
      },
      ...this.#files,
    ];
  }

  /** Lets a person open the web page. */
  grantOpen(): Statement[] {
    return [
      {
        Sid: 'OpenTracking',
        Effect: 'Allow',
        Action: ['sagemaker:CreatePresignedMlflowTrackingServerUrl', 'sagemaker-mlflow:AccessUI'],
        Resource: [this.arn],
      },
    ];
  }
}
