import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { serviceTrust } from '../iam/statement.ts';

/**
 * Lets API Gateway write logs in this account and Region. AWS keeps one such setting per account and Region, and refuses access
 * logs of any REST API until it is there: exactly one stack may own it.
 */
export class GatewayAccount extends pulumi.ComponentResource {
  constructor(name: string, args: { placement: Placement }, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:GatewayAccount', name, {}, opts);
    const role = new aws.iam.Role(
      name,
      { description: 'API Gateway writes its logs.', assumeRolePolicy: serviceTrust('apigateway.amazonaws.com') },
      { parent: this },
    );
    const attachment = new aws.iam.RolePolicyAttachment(
      name,
      {
        role: role.name,
        // API Gateway refuses a narrower role here: it checks for this managed policy's permissions on every log group.
        policyArn: `arn:${args.placement.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      },
      { parent: this },
    );
    new aws.apigateway.Account(name, { cloudwatchRoleArn: role.arn }, { parent: this, dependsOn: attachment });
    this.registerOutputs({});
  }
}
