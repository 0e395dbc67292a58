import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { grantInterfaces, type InterfaceNetwork } from '../iam/network-interfaces.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { hasOwnDisks } from '../sagemaker/instance-storage.ts';
import { marketplaceProvider, type MarketplaceInputs } from './marketplace-provider.ts';

export interface MarketplaceEndpointArgs {
  placement: Placement;
  /** Name of the endpoint, 30 characters at most, unique in the account and Region. */
  endpointName: string;
  /** ARN of the model in SageMaker's public hub, as Bedrock's model catalogue shows it. */
  modelSourceArn: string;
  /** For example `ml.g6.12xlarge`, one of those the model's page names. */
  instanceType: string;
  /** @default 2, in two Availability Zones */
  instanceCount?: number;
  /** You have read the model's licence and accept it. */
  acceptEula: true;
  /** Where the endpoint's interfaces lie. */
  network: InterfaceNetwork;
  /** Customer-managed key the volumes are encrypted under. Instances with disks of their own encrypt those in hardware. */
  keyArn: pulumi.Input<string>;
  /** Images the model is served from, where they are not AWS's own: ARNs of ECR repositories. @default none */
  imageRepositoryArns?: readonly pulumi.Input<string>[];
  /** Put on the SageMaker endpoint. A transformation cannot reach it, so give the platform's tags here too. */
  tags: Readonly<Record<string, string>>;
  /** ARN of an endpoint made by other means, to be taken over. @default a new endpoint is made */
  adoptArn?: string;
  /** Seconds to wait for the endpoint. @default 3600 */
  timeoutSeconds?: number;
}

/**
 * A model of Bedrock Marketplace on a SageMaker endpoint that Bedrock sets up: you name endpoint, instance type and instance count. It is called
 * through the Bedrock runtime, with the endpoint's ARN for a model id, and so with guardrails. The subscription is taken in the console.
 */
export class MarketplaceEndpoint extends pulumi.ComponentResource {
  /** ARN of the SageMaker endpoint, and the model id to call. */
  readonly endpointArn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: MarketplaceEndpointArgs, opts: pulumi.ComponentResourceOptions = {}) {
    check(args);
    super('plinth:bedrock:MarketplaceEndpoint', name, {}, opts);
    const { placement, network } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: 'SageMaker hosts a model of Bedrock Marketplace.',
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: policyDocument(hostingStatements(args)) },
      parent,
    );
    const endpoint = new MarketplaceModelEndpoint(
      name,
      {
        region: placement.region,
        endpointName: args.endpointName,
        modelSourceArn: args.modelSourceArn,
        instanceType: args.instanceType,
        instanceCount: args.instanceCount ?? 2,
        executionRoleArn: role.arn,
        acceptEula: args.acceptEula,
        ...(hasOwnDisks(args.instanceType) ? {} : { kmsKeyArn: args.keyArn }),
        subnetIds: pulumi.output(network.subnetIds),
        securityGroupIds: pulumi.output(network.securityGroupIds),
        tags: args.tags,
        ...(args.adoptArn !== undefined && { adoptArn: args.adoptArn }),
        timeoutSeconds: args.timeoutSeconds ?? 3600,
        pollSeconds: 15,
      },
      { ...parent, dependsOn: policy },
    );
    this.endpointArn = endpoint.endpointArn;
    this.roleArn = role.arn;
    this.registerOutputs({ endpointArn: this.endpointArn });
  }

  /** Lets a role call the model through Bedrock, with the guardrail named and in no other way. */
  grantInvoke(guardrail: { readonly identifier: pulumi.Input<string> }): Statement[] {
    return [
      {
        Sid: 'CallMarketplaceModel',
        Effect: 'Allow',
        Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
        Resource: [this.endpointArn],
        Condition: { StringEquals: { 'bedrock:GuardrailIdentifier': guardrail.identifier } },
      },
      {
        // Bedrock calls the endpoint with the caller's own rights; asked directly, without Bedrock and its guardrail, it refuses.
        Sid: 'OnlyThroughBedrock',
        Effect: 'Allow',
        Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
        Resource: [this.endpointArn],
        Condition: { StringEquals: { 'aws:CalledViaLast': 'bedrock.amazonaws.com' } },
      },
    ];
  }
}

type Lifted = { [K in keyof MarketplaceInputs]: pulumi.Input<MarketplaceInputs[K]> };

/** The dynamic resource under the component. */
class MarketplaceModelEndpoint extends pulumi.dynamic.Resource {
  declare readonly endpointArn: pulumi.Output<string>;

  constructor(name: string, inputs: Lifted, opts: pulumi.CustomResourceOptions) {
    // Outputs that the provider fills in have to be named among the inputs.
    const props = { ...inputs, endpointArn: undefined, endpointStatus: undefined };
    super(marketplaceProvider, name, props, opts, 'plinth', 'MarketplaceModelEndpoint');
  }
}

function hostingStatements({
  placement,
  network,
  endpointName,
  imageRepositoryArns = [],
}: MarketplaceEndpointArgs): Statement[] {
  const { partition, region, account } = placement;
  return [
    {
      Sid: 'WriteEndpointLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [
        pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpointName}:log-stream:*`,
      ],
    },
    ...(imageRepositoryArns.length === 0
      ? []
      : [
          {
            Sid: 'PullImage',
            Effect: 'Allow' as const,
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Resource: [...imageRepositoryArns],
          },
          JUSTIFIED.registryLogin,
        ]),
    ...grantInterfaces(placement, network),
  ];
}

function check({ endpointName, modelSourceArn, instanceType, instanceCount = 2 }: MarketplaceEndpointArgs): void {
  if (!/^[0-9A-Za-z](-*[0-9A-Za-z]){0,29}$/.test(endpointName) || endpointName.length > 30)
    throw new StackError(
      `"${endpointName}" cannot name a Marketplace endpoint: letters, digits and hyphens, 30 at most.`,
    );
  if (!/^arn:[^:]+:sagemaker:[^:]*:[^:]*:hub-content\/SageMakerPublicHub\/Model\/.+/.test(modelSourceArn))
    throw new StackError(
      `"${modelSourceArn}" is no model of the public hub. Copy the ARN from Bedrock's model catalogue.`,
    );
  if (!instanceType.startsWith('ml.'))
    throw new StackError(`"${instanceType}" is no SageMaker instance type. Set "ml.${instanceType}".`);
  if (!Number.isInteger(instanceCount) || instanceCount < 1)
    throw new StackError(`A Marketplace endpoint has one instance or more, not ${instanceCount}.`);
}
