import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../iam/statement.ts';

/** From where a REST API can be reached at all, before anybody is asked who they are. */
export type Reach =
  | { readonly kind: 'public' }
  /** Only from inside VPCs, through these `execute-api` interface endpoints. */
  | { readonly kind: 'private'; readonly vpcEndpointIds: readonly pulumi.Input<string>[] };

/** How a REST API must be declared to be reached so. Never edge-optimized: there AWS cuts idle streams after 30 seconds. */
export function endpointOf(reach: Reach) {
  return reach.kind === 'public'
    ? { types: 'REGIONAL' }
    : { types: 'PRIVATE', vpcEndpointIds: [...reach.vpcEndpointIds] };
}

/**
 * The API's own refusal of every call that did not come through one of the endpoints. A refusal, and not only the lack of a
 * permission: where callers sign with AWS credentials, their own policy would be enough otherwise.
 *
 * @returns what a deployment must wait for, and what changes when it must be made anew
 */
export function onlyThrough(
  name: string,
  api: aws.apigateway.RestApi,
  vpcEndpointIds: readonly pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): { readonly resource: pulumi.Resource; readonly digest: pulumi.Output<string> } {
  const calls = {
    Principal: { AWS: '*' },
    Action: ['execute-api:Invoke'],
    Resource: [pulumi.interpolate`${api.executionArn}/*`],
  };
  const endpoints = pulumi.all([...vpcEndpointIds]);
  const policy = policyDocument([
    {
      Sid: 'OnlyThroughTheseEndpoints',
      Effect: 'Deny',
      ...calls,
      Condition: { StringNotEquals: { 'aws:SourceVpce': endpoints } },
    },
    {
      Sid: 'ThroughTheseEndpoints',
      Effect: 'Allow',
      ...calls,
      Condition: { StringEquals: { 'aws:SourceVpce': endpoints } },
    },
  ]);
  return {
    resource: new aws.apigateway.RestApiPolicy(name, { restApiId: api.id, policy }, opts),
    digest: policy.apply((text) => createHash('sha256').update(text).digest('hex')),
  };
}
