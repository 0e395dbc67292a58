import type { PackName } from './rule.ts';

/** One thing the packs must hold. A requirement without a rule in the catalogue is not checked yet. */
export interface Requirement {
  readonly number: number;
  readonly pack: PackName;
  readonly area: string;
  readonly what: string;
}

const areas: readonly [pack: PackName, area: string, requirements: Readonly<Record<number, string>>][] = [
  [
    'baseline',
    'Security',
    {
      1: 'KMS keys rotate',
      2: 'no wildcard action in IAM policies, no bedrock:*',
      3: 'no FullAccess managed policy',
      4: 'functions: no secrets in the environment, encrypted environment, supported runtime',
      5: 'buckets: no public access, KMS, TLS only',
      6: 'ECR repositories: immutable tags, scanned',
      7: 'SageMaker endpoint configurations: encrypted',
      8: 'RDS clusters: encrypted, IAM authentication',
      9: 'web ACLs: rate, body size, known bad inputs, SQL injection',
      10: 'API methods are authorized; stages have a web ACL',
      11: 'function URLs are authorized',
      12: 'EKS clusters: secrets encryption, control-plane logs',
      13: 'log groups: encrypted, retention set',
      14: 'pods and task definitions: non-root, unprivileged, read-only, pinned images',
    },
  ],
  [
    'baseline',
    'Network isolation',
    {
      15: 'SageMaker models: network isolation',
      16: 'SageMaker models: VPC, repository access through it',
      17: 'vpc-only stacks: no internet gateway, NAT gateway or public subnet',
      18: 'vpc-only stacks: private endpoints for the services used',
      19: 'VPC endpoints: no wildcard policy',
      20: 'security groups: no open ingress',
      21: 'EKS clusters: private endpoint',
      22: 'RDS instances: not public',
      23: 'functions of vpc-only stacks: in the VPC',
      24: 'Kubernetes vLLM: ClusterIP and a default-deny network policy',
    },
  ],
  [
    'baseline',
    'Cost',
    {
      25: 'every stack has a budget with notifications',
      26: 'accelerator instance types: an allow list per environment',
      27: 'provisioned throughput: unit cap, commitments only in production',
      28: 'functions: reserved concurrency',
      29: 'Batch on Spot with a cap; autoscaling targets with a cap',
    },
  ],
  [
    'baseline',
    'Reliability',
    {
      30: 'endpoints: two instances, rollback alarms, failure path',
      31: 'streaming integrations: STREAM, at most 900 seconds, not edge-optimized',
      32: 'queues: dead-letter queue; Batch jobs: retries and timeout',
      33: 'Aurora: deletion protection and backups; DynamoDB: point-in-time recovery',
    },
  ],
  [
    'baseline',
    'Tagging',
    { 34: 'owner, environment, cost-center and data-class on everything; restricted data off public networks' },
  ],
  [
    'genai',
    'Generative AI',
    {
      35: 'guardrails: every content filter on',
      36: 'guardrails: personal data filter, encrypted',
      37: 'RAG guardrails: contextual grounding',
      38: 'callers use a pinned guardrail version',
      39: 'IAM for model calls requires the guardrail',
      40: 'IAM for model calls names approved models only',
      41: 'agents: guardrail, encryption, idle time cap',
      42: 'one owner of model invocation logging: text on, encrypted',
      43: 'fronts: token limits within the cap of the environment',
      44: 'usage plans: throttle and quota',
      45: 'alarms on throttling, tokens, guardrail blocks and errors',
      46: 'every model: a licence record, approved for the environment',
    },
  ],
];

export const REQUIREMENTS: readonly Requirement[] = areas.flatMap(([pack, area, requirements]) =>
  Object.entries(requirements).map(([number, what]) => ({ number: Number(number), pack, area, what })),
);
