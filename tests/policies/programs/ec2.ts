import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const SERVICES = ['bedrock-runtime', 'sagemaker.runtime', 'kms', 'logs', 'sts'];
const OURS = { StringEquals: { 'aws:PrincipalAccount': '123456789012' } };
const everybody = (Action: string) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource: '*', Condition: OURS }] });

const closedVpc = () => new aws.ec2.Vpc('closed', { cidrBlock: '10.0.0.0/16', tags: { network: 'vpc-only' } });

export const programs = [
  program('a security group open to the world', ['ec2-no-open-ingress'], (sound) => {
    const cidrBlocks = [sound ? '10.0.0.0/8' : '0.0.0.0/0'];
    new aws.ec2.SecurityGroup('chat', { ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks }] });
  }),
  program('a NAT gateway in a closed network', ['vpc-only-no-public-path'], (sound) => {
    const { id: vpcId } = closedVpc();
    const subnet = new aws.ec2.Subnet('closed', { vpcId, cidrBlock: '10.0.0.0/24' });
    if (!sound) new aws.ec2.NatGateway('out', { subnetId: subnet.id });
  }),
  program('a closed network that cannot reach Bedrock', ['vpc-only-private-endpoints'], (sound) => {
    const { id: vpcId } = closedVpc();
    for (const service of SERVICES.filter((name) => sound || name !== 'bedrock-runtime'))
      new aws.ec2.VpcEndpoint(service, {
        vpcId,
        serviceName: `com.amazonaws.us-east-1.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
      });
    new aws.ec2.VpcEndpoint('s3', { vpcId, serviceName: 'com.amazonaws.us-east-1.s3', vpcEndpointType: 'Gateway' });
  }),
  program('an endpoint that lets every call through', ['ec2-endpoint-policy'], (sound) => {
    new aws.ec2.VpcEndpoint('kms', {
      vpcId: 'vpc-1',
      serviceName: 'com.amazonaws.us-east-1.kms',
      policy: everybody(sound ? 'kms:Decrypt' : 'kms:*'),
    });
  }),
  program('a function outside the closed network', ['vpc-only-functions-in-vpc'], (sound) => {
    closedVpc();
    new aws.lambda.Function('chat', {
      role: 'arn:aws:iam::123456789012:role/chat',
      ...(sound && { vpcConfig: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] } }),
    });
  }),
];
