import * as aws from '@pulumi/aws';
import * as awsx from '@pulumi/awsx';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

const tags = { owner: 'team@example.com', environment: 'dev', 'cost-center': '42', 'data-class': 'internal' };
const vpc = new awsx.ec2.Vpc('net', {
  cidrBlock: '10.0.0.0/16',
  numberOfAvailabilityZones: 2,
  natGateways: { strategy: 'Single' },
  tags,
});
const image = aws.ssm.getParameterOutput({ name: '/aws/service/ami' }).value;
new aws.ec2.Instance('worker', {
  ami: image,
  instanceType: 'g6.xlarge',
  subnetId: vpc.privateSubnetIds.apply(([first]) => first ?? ''),
  tags,
});

const cluster = new k8s.Provider('cluster', { kubeconfig: '{}' });
const space = new k8s.core.v1.Namespace('models', {}, { provider: cluster });
new k8s.helm.v3.Release('karpenter', { chart: 'karpenter', namespace: space.metadata.name }, { provider: cluster });
new k8s.apiextensions.CustomResource(
  'gpu',
  { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', spec: { limits: { cpu: 64 } } },
  { provider: cluster },
);
new k8s.yaml.ConfigGroup(
  'policy',
  { yaml: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }' },
  { provider: cluster },
);
new aws.cloudcontrol.Resource('component', { typeName: 'AWS::SageMaker::InferenceComponent', desiredState: '{}' });

class Endpoint extends pulumi.dynamic.Resource {
  declare readonly endpointArn: pulumi.Output<string>;

  constructor(name: string, props: { instanceType: string; instanceCount: number }) {
    super({ create: async () => ({ id: 'made', outs: {} }) }, name, { endpointArn: undefined, ...props });
  }
}
export const endpointArn = new Endpoint('market', { instanceType: 'ml.g5.xlarge', instanceCount: 2 }).endpointArn;
export const subnets = vpc.privateSubnetIds;
