import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { grantInterfaces, type InterfaceNetwork } from '../iam/network-interfaces.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { containerOf, grantFetch, type ModelSource } from './model-source.ts';

/** What a reader of the bill, the registry or an audit must be able to tell of a model. Becomes its tags. */
export interface ModelCardTags {
  /** For example `HuggingFaceTB/SmolLM2-135M-Instruct`. */
  modelId: string;
  /** SPDX name, for example `Apache-2.0`. */
  license: string;
  /** Digest of the weights, for example `sha256:…`; for a package, that of its version. */
  digest: string;
}

/** Where the model's containers stand. */
export type ModelNetwork =
  /** In these subnets, and without any way out of the container: the model can call nobody. */
  | ({ kind: 'isolated' } & InterfaceNetwork)
  /**
   * For serverless endpoints alone. They run in neither a VPC nor network isolation (SageMaker developer guide,
   * "Serverless Inference: feature exclusions"): take them for models that need no private data.
   */
  | { kind: 'serverless' };

export interface HostedModelArgs {
  placement: Placement;
  source: ModelSource;
  card: ModelCardTags;
  network: ModelNetwork;
  /** Customer-managed key the weights are encrypted under in S3. @default they are not ours, as with a package or JumpStart */
  dataKeyArn?: pulumi.Input<string>;
}

/**
 * A model as SageMaker hosts it: image, weights, and a role of its own that may fetch the two and do nothing else. Endpoints,
 * transform jobs and inference components run it.
 *
 * A change of any part makes a new model beside the old one, so that an endpoint can go back.
 */
export class HostedModel extends pulumi.ComponentResource {
  /** Physical name, that endpoint configurations and transform jobs take. */
  readonly modelName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  /** For policies of what runs the model: where it writes logs, captured data and results. */
  readonly roleName: pulumi.Output<string>;
  /** What an endpoint checks, before AWS would. */
  readonly traits: { readonly source: ModelSource['kind']; readonly network: ModelNetwork['kind'] };

  constructor(name: string, args: HostedModelArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:sagemaker:HostedModel', name, {}, opts);
    const { placement, source, card, network } = args;
    const role = new aws.iam.Role(
      name,
      {
        description: `SageMaker hosts ${card.modelId}.`.replaceAll(/[^\w.,:/=+@ -]/g, ' '),
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
      },
      { parent: this },
    );
    const statements: Statement[] = [
      ...grantFetch(placement, source),
      ...(args.dataKeyArn === undefined ? [] : [grantKeyThrough(args.dataKeyArn, placement, 's3')]),
      ...(network.kind === 'isolated' ? grantInterfaces(placement, network) : []),
    ];
    // A package on a serverless endpoint brings everything and needs nothing; IAM refuses an empty document.
    const policy =
      statements.length === 0
        ? []
        : [new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(statements) }, { parent: this })];
    const model = new aws.sagemaker.Model(
      name,
      {
        executionRoleArn: role.arn,
        primaryContainer: containerOf(placement, source),
        ...(network.kind === 'isolated' && {
          enableNetworkIsolation: true,
          vpcConfig: { subnets: network.subnetIds, securityGroupIds: network.securityGroupIds },
        }),
        tags: { 'model-id': card.modelId, license: card.license, digest: card.digest },
      },
      { parent: this, dependsOn: policy },
    );
    this.modelName = model.name;
    this.arn = model.arn;
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.traits = { source: source.kind, network: network.kind };
    this.registerOutputs({ modelName: this.modelName, arn: this.arn, roleArn: this.roleArn });
  }
}
