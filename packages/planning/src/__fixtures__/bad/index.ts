import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

// Everything here is wrong on purpose.
const bucket = new aws.s3.Bucket('open');
const role = new aws.iam.Role('chat', { assumeRolePolicy: '{}' });
new aws.iam.RolePolicy('chat', {
  role: role.name,
  policy: pulumi.jsonStringify({
    Statement: [
      { Effect: 'Allow', Action: 'bedrock:*', Resource: '*' },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: pulumi.interpolate`${bucket.arn}/*` },
    ],
  }),
});
const fn = new aws.lambda.Function('chat', {
  role: role.arn,
  runtime: 'nodejs18.x',
  handler: 'index.handler',
  code: new pulumi.asset.AssetArchive({ 'index.mjs': new pulumi.asset.StringAsset('export const handler = () => {};') }),
  environment: { variables: { DB_PASSWORD: 'hunter2' } },
});
new aws.lambda.FunctionUrl('chat', { functionName: fn.name, authorizationType: 'NONE' });
new aws.ec2.SecurityGroup('open', { ingress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }] });
