import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../../iam/statement.ts';

export interface PodRoleArgs {
  clusterName: pulumi.Input<string>;
  namespace: pulumi.Input<string>;
  serviceAccount: pulumi.Input<string>;
  description: string;
  statements: readonly Statement[];
}

/** A role that pods of one service account have, through EKS Pod Identity: no keys, and nothing of the node's. */
export class PodRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PodRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:PodRole', name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(name, { description: args.description, assumeRolePolicy: podTrust() }, parent);
    const policy = new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(args.statements) }, parent);
    new aws.eks.PodIdentityAssociation(
      name,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: args.serviceAccount,
        roleArn: role.arn,
      },
      { parent: this, dependsOn: policy },
    );
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Pod Identity hands the role to the service account that an association names, and tags the session with both. */
export function podTrust(): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
    ],
  });
}
