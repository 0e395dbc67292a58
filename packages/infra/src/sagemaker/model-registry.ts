import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

export interface ModelRegistryArgs {
  placement: Placement;
  /** What its models are for. */
  description: string;
  /** Physical name. @default `plinth-<stack>-<name>` */
  groupName?: string;
}

/** The versions of one model, each waiting for approval before it may be deployed. */
export class ModelRegistry extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly #placement: Placement;

  constructor(name: string, args: ModelRegistryArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:sagemaker:ModelRegistry', name, {}, opts);
    const group = new aws.sagemaker.ModelPackageGroup(
      name,
      {
        modelPackageGroupName: args.groupName ?? `plinth-${pulumi.getStack()}-${name}`,
        modelPackageGroupDescription: args.description,
      },
      { parent: this },
    );
    this.#placement = args.placement;
    this.groupName = group.modelPackageGroupName;
    this.arn = group.arn;
    this.registerOutputs({ groupName: this.groupName, arn: this.arn });
  }

  /** Lets a pipeline add versions. Whoever adds a version cannot approve it. */
  grantRegister(): Statement[] {
    return [
      {
        Sid: 'RegisterVersions',
        Effect: 'Allow',
        Action: [
          'sagemaker:CreateModelPackage',
          'sagemaker:DescribeModelPackage',
          'sagemaker:DescribeModelPackageGroup',
        ],
        Resource: [this.arn, this.#versions],
      },
    ];
  }

  /** Lets a person, or the step after one, approve and reject versions. */
  grantApprove(): Statement[] {
    return [
      {
        Sid: 'ApproveVersions',
        Effect: 'Allow',
        Action: ['sagemaker:UpdateModelPackage', 'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
        Resource: [this.arn, this.#versions],
      },
    ];
  }

  get #versions(): pulumi.Output<string> {
    const { partition, region, account } = this.#placement;
    return pulumi.interpolate`arn:${partition}:sagemaker:${region}:${account}:model-package/${this.groupName}/*`;
  }
}
