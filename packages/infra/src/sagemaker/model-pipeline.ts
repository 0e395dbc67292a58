import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';

export interface ModelPipelineArgs {
  placement: Placement;
  description: string;
  /** Pipeline definition, schema version 2020-12-01. */
  definition: pulumi.Input<object>;
  /** What its steps may do. */
  statements: readonly Statement[];
  /** Steps that run at once. @default 4 */
  parallelSteps?: number;
  /** Physical name. @default `plinth-<stack>-<name>` */
  pipelineName?: string;
}

/** A SageMaker pipeline: prepare, tune, evaluate, register. The definition comes from whoever trains; the role and its bounds from here. */
export class ModelPipeline extends pulumi.ComponentResource {
  readonly pipelineName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ModelPipelineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:sagemaker:ModelPipeline', name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: args.description,
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', args.placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(args.statements) }, parent);
    const physical = args.pipelineName ?? `plinth-${pulumi.getStack()}-${name}`;
    const pipeline = new aws.sagemaker.Pipeline(
      name,
      {
        pipelineName: physical,
        pipelineDisplayName: physical,
        pipelineDescription: args.description,
        roleArn: role.arn,
        pipelineDefinition: pulumi.jsonStringify(args.definition),
        parallelismConfiguration: { maxParallelExecutionSteps: args.parallelSteps ?? 4 },
      },
      { ...parent, dependsOn: policy },
    );
    this.pipelineName = pipeline.pipelineName;
    this.arn = pipeline.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ pipelineName: this.pipelineName, arn: this.arn });
  }

  /** Lets a role start the pipeline, and watch and stop what it started. */
  grantStart(): Statement[] {
    return [
      { Sid: 'StartPipeline', Effect: 'Allow', Action: ['sagemaker:StartPipelineExecution'], Resource: [this.arn] },
      {
        Sid: 'WatchPipeline',
        Effect: 'Allow',
        Action: [
          'sagemaker:DescribePipelineExecution',
          'sagemaker:ListPipelineExecutionSteps',
          'sagemaker:StopPipelineExecution',
        ],
        Resource: [pulumi.interpolate`${this.arn}/execution/*`],
      },
    ];
  }
}
