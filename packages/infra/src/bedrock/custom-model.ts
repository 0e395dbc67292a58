import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { grantKeyThrough } from '../governance/key.ts';
import { grantInterfaces, type InterfaceNetwork } from '../iam/network-interfaces.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';

export interface CustomModelArgs {
  placement: Placement;
  /** Bedrock model id that can be tuned, for example `amazon.nova-lite-v1:0:300k`. */
  baseModelId: string;
  /** Folder of the data. */
  data: ObjectPrefix;
  /** File in that folder with examples, JSON lines. */
  trainingFile: string;
  /** Files in that folder to measure on, ten at most. @default none */
  validationFiles?: readonly string[];
  /** Where metrics are written. */
  output: ObjectPrefix;
  /** Customer-managed key of the data, the metrics and the model. */
  keyArn: pulumi.Input<string>;
  /** As the base model's page names them, for example `{ epochCount: '2' }`. */
  hyperparameters: Readonly<Record<string, string>>;
  /** @default 'FINE_TUNING' */
  method?: 'FINE_TUNING' | 'CONTINUED_PRE_TRAINING';
  /** Read the data through these subnets alone. @default Bedrock reads it by S3's own address */
  network?: InterfaceNetwork;
}

/**
 * A base model tuned on our own examples. Creation submits the job and returns while it trains, for hours; a change of settings trains a new
 * model. It answers once a {@link ProvisionedThroughput} serves it.
 */
export class CustomModel extends pulumi.ComponentResource {
  /** Known while the job still runs, so that it can be watched. */
  readonly jobArn: pulumi.Output<string>;
  /** Empty until the job is done and the stack refreshed. */
  readonly modelArn: pulumi.Output<string>;

  constructor(name: string, args: CustomModelArgs, opts: pulumi.ComponentResourceOptions = {}) {
    check(args);
    super('plinth:bedrock:CustomModel', name, {}, opts);
    const { placement, data, output, keyArn, network, validationFiles = [] } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: 'Bedrock tunes a model on our own examples.',
        assumeRolePolicy: serviceTrust('bedrock.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          ...grantReadUnder(placement, data),
          grantWriteUnder(placement, output),
          grantKeyThrough(keyArn, placement, 's3'),
          ...(network === undefined ? [] : [...grantInterfaces(placement, network), tagInterfaces(placement)]),
        ]),
      },
      parent,
    );
    // Job and model names are used once: a change of settings makes others.
    const digest = createHash('sha256')
      .update(JSON.stringify(settingsOf(args)))
      .digest('hex')
      .slice(0, 8);
    const uri = (file: string) => pulumi.interpolate`${s3Uri(data)}${file}`;
    const model = new aws.bedrock.CustomModel(
      name,
      {
        customModelName: `plinth-${pulumi.getStack()}-${name}-${digest}`,
        jobName: `plinth-${pulumi.getStack()}-${name}-${digest}`,
        baseModelIdentifier: `arn:${placement.partition}:bedrock:${placement.region}::foundation-model/${args.baseModelId}`,
        customizationType: args.method ?? 'FINE_TUNING',
        hyperparameters: { ...args.hyperparameters },
        roleArn: role.arn,
        customModelKmsKeyId: keyArn,
        trainingDataConfig: { s3Uri: uri(args.trainingFile) },
        ...(validationFiles.length > 0 && {
          validationDataConfig: { validators: validationFiles.map((file) => ({ s3Uri: uri(file) })) },
        }),
        outputDataConfig: { s3Uri: s3Uri(output) },
        ...(network !== undefined && {
          vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds },
        }),
      },
      { ...parent, dependsOn: policy },
    );
    this.jobArn = model.jobArn;
    this.modelArn = model.customModelArn;
    this.registerOutputs({ jobArn: this.jobArn, modelArn: this.modelArn });
  }
}

function settingsOf({ baseModelId, trainingFile, validationFiles, hyperparameters, method, data }: CustomModelArgs) {
  return { baseModelId, trainingFile, validationFiles, hyperparameters, method, prefix: data.prefix };
}

/** Bedrock tags the interfaces it makes with the job they are for. */
function tagInterfaces({ partition, region, account }: Placement): Statement {
  return {
    Sid: 'TagInterfaces',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [pulumi.interpolate`arn:${partition}:ec2:${region}:${account}:network-interface/*`],
    Condition: { StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' } },
  };
}

function check({ validationFiles = [] }: CustomModelArgs): void {
  if (validationFiles.length > 10)
    throw new StackError(`Bedrock measures on ten files at most, not ${validationFiles.length}.`);
}
