import * as aws from '@pulumi/aws';
import * as kubernetes from '@pulumi/kubernetes';
import { program } from '../program.ts';

const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:${'a'.repeat(64)}`;
const namespace = 'models';
const labels = { app: 'vllm' };
const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

function server(changes: object = {}): void {
  const container = {
    name: 'server',
    image: IMAGE,
    args: ['--max-model-len', '8192'],
    securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    ...changes,
  };
  new kubernetes.apps.v1.Deployment('vllm', {
    metadata: { namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
}

const cluster = (changes: object) =>
  new aws.eks.Cluster('models', {
    roleArn: 'arn:aws:iam::123456789012:role/models',
    vpcConfig: { subnetIds: ['subnet-1'] },
    ...changes,
  });

export const programs = [
  program('a pod as root', ['containers-hardened'], (sound) =>
    server(sound ? {} : { securityContext: { runAsUser: 0 } }),
  ),
  program('a task from a tag that moves', ['containers-hardened'], (sound) => {
    const image = sound ? IMAGE : 'vllm/vllm-openai:latest';
    new aws.ecs.TaskDefinition('vllm', {
      family: 'vllm',
      containerDefinitions: JSON.stringify([{ name: 'server', image, user: '1000', readonlyRootFilesystem: true }]),
    });
  }),
  program('vLLM on a load balancer', ['kubernetes-vllm-enclosed'], (sound) => {
    server();
    new kubernetes.networking.v1.NetworkPolicy('deny', {
      metadata: { namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    new kubernetes.core.v1.Service('vllm', {
      metadata: { namespace },
      spec: { selector: labels, type: sound ? 'ClusterIP' : 'LoadBalancer' },
    });
  }),
  program('vLLM without a context length', ['vllm-bounded-and-trusted'], (sound) => server(sound ? {} : { args: [] })),
  program('a node pool of any GPU', ['accelerator-allow-list'], (sound) => {
    const key = sound ? 'node.kubernetes.io/instance-type' : 'karpenter.k8s.aws/instance-category';
    new kubernetes.apiextensions.CustomResource('gpu', {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      spec: { template: { spec: { requirements: [{ key, operator: 'In', values: [sound ? 'g6.xlarge' : 'g'] }] } } },
    });
  }),
  program('a control plane that writes nothing down', ['eks-cluster-secrets-and-logs'], (sound) =>
    cluster({
      encryptionConfig: { provider: { keyArn: 'arn:key' }, resources: ['secrets'] },
      enabledClusterLogTypes: sound ? LOGS : [],
    }),
  ),
  program('a Kubernetes API on the internet', ['eks-cluster-private-endpoint'], (sound) =>
    cluster({ vpcConfig: { subnetIds: ['subnet-1'], endpointPublicAccess: !sound, endpointPrivateAccess: true } }),
  ),
  program('images under tags that move', ['ecr-repository-immutable-scanned'], (sound) => {
    new aws.ecr.Repository('vllm', {
      imageTagMutability: sound ? 'IMMUTABLE' : 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
  }),
];
