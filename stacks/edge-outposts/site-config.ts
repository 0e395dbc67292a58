import { OfflinePolicy, SiteName } from '@plinth/contracts';
import * as z from 'zod';

const tokens = z.int().positive().max(1_000_000);
const quantity = z.string().regex(/^\d+(m|Mi|Gi)?$/, "is no quantity of Kubernetes, such as '2' or '4Gi'");
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/, 'use lower-case letters, digits and dashes');
const range = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/([1-9]|[12]\d|3[0-2])$/, 'name a range of addresses, such as 10.20.0.0/16, not all');

const limits = { contextTokens: tokens, maxPromptTokens: tokens, maxCompletionTokens: tokens };

/** llama.cpp on CPUs, in the gateway's own pod. */
const CpuModel = z.strictObject({
  kind: z.literal('cpu'),
  /** As callers, bundles and the weights' folder name it. */
  name: label,
  ...limits,
  threads: z.int().min(1).max(64).default(1),
  cpu: quantity.default('2'),
  memory: quantity.default('1Gi'),
});

const vllm = {
  kind: z.literal('vllm'),
  name: label,
  /** SHA-256 of the weights' `SHA256SUMS` file. */
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal'),
  ...limits,
};

/** vLLM on GPUs of the cluster. */
const PodModel = z.strictObject({
  ...vllm,
  gpus: z.int().min(1).max(8).default(1),
  cpu: quantity.default('4'),
  memory: quantity.default('16Gi'),
  /** Weights: from the centre's bucket, which takes Pod Identity; or on a claim that the site has filled, under `/models/<name>`. */
  weights: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bucket'), cacheGb: z.int().min(1).default(50) }),
    z.strictObject({ kind: z.literal('claim'), claimName: label }),
  ]),
});

/** vLLM on EC2 instances with GPUs that stand on the site. */
const InstanceModel = z.strictObject({
  ...vllm,
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/),
  maxInstances: z.int().min(1).max(20).default(1),
  gpus: z.int().min(1).max(8).default(1),
  memoryMb: z.int().min(1_024),
  /** Volumes of the site: first-generation Outposts racks have gp2 alone. */
  volumeType: z.enum(['gp2', 'gp3']).default('gp3'),
});

const everySite = {
  name: SiteName,
  offline: z.prefault(OfflinePolicy, {}),
  /** Minutes without a word after which somebody is called. */
  silentMinutes: z.int().min(5).max(1_440).default(30),
};

const inKubernetes = {
  namespace: label.default('plinth-edge'),
  model: z.discriminatedUnion('kind', [CpuModel, PodModel]),
  /** Registry of the site that holds copies, and the path of ours in it. @default the centre's ECR */
  mirror: z.string().min(1).optional(),
  pullSecret: label.optional(),
  /** Namespaces whose pods may call the gateway. */
  callers: z.array(label).min(1),
  monitoring: label.optional(),
  /** Ranges that AWS is reached at over the site's link, on port 443. */
  awsRanges: z.array(range).min(1),
  volume: z.strictObject({ sizeGb: z.int().min(1).max(1_000), storageClass: label }),
  gateway: z.strictObject({ cpu: quantity.default('1'), memory: quantity.default('512Mi') }).prefault({}),
};

/** IAM Roles Anywhere, by a certificate that `certificateSecret` holds on site. */
const certificate = z.strictObject({
  kind: z.literal('certificate'),
  certificateSecret: label.default('plinth-identity'),
});

const KubernetesSite = z.strictObject({
  kind: z.literal('kubernetes'),
  ...everySite,
  ...inKubernetes,
  /** How its API is reached: a context of the kubeconfig at hand, one in Secrets Manager, or not: manifests are written for GitOps. */
  cluster: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('context'), context: z.string().min(1) }),
    z.strictObject({ kind: z.literal('secret'), secretArn: z.string().regex(/^arn:aws[a-z-]*:secretsmanager:/) }),
    z.strictObject({ kind: z.literal('rendered'), folder: z.string().min(1) }),
  ]),
  identity: certificate.prefault({ kind: 'certificate' }),
});
export type KubernetesSite = z.infer<typeof KubernetesSite>;

const outpostArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:outposts:[a-z0-9-]+:\d{12}:outpost\/op-[0-9a-f]+$/, 'is no Outpost');

const OutpostsEksSite = z.strictObject({
  kind: z.literal('outposts-eks'),
  ...everySite,
  ...inKubernetes,
  outpostArn,
  /** Local cluster on the Outpost: its control plane goes on without the link. */
  clusterName: z.string().regex(/^[A-Za-z0-9][\w-]{0,99}$/),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  identity: z
    .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('pod-identity') }), certificate])
    .prefault({ kind: 'pod-identity' }),
});
export type OutpostsEksSite = z.infer<typeof OutpostsEksSite>;

const onInstances = {
  model: InstanceModel,
  /** The VPC that the site extends. */
  vpc: z.strictObject({
    vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'is no VPC'),
    /** Addresses of the site's subnet: inside the VPC's block, outside every other subnet. */
    subnetCidr: range,
  }),
  /** Name callers use; the model answers at `model.<host name>`. The certificate is for both. */
  hostName: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
  certificateArn: z.string().regex(/^arn:aws[a-z-]*:acm:/),
  /** Private hosted zone of the VPC, which the two names are put into. */
  hostedZoneId: z.string().min(1),
  /** Networks whose machines may call the gateway. */
  callers: z.record(label, range),
};

const LocalZoneSite = z.strictObject({
  kind: z.literal('local-zone'),
  ...everySite,
  ...onInstances,
  zone: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d-[a-z]{3}-\d[a-z]$/, 'is no Local Zone, such as us-east-1-mia-1a'),
  /** The way to the Region's services. */
  natGatewayId: z.string().regex(/^nat-[0-9a-f]+$/),
});
export type LocalZoneSite = z.infer<typeof LocalZoneSite>;

const OutpostsEcsSite = z.strictObject({
  kind: z.literal('outposts-ecs'),
  ...everySite,
  ...onInstances,
  outpostArn,
  /** Zone the Outpost is anchored to. */
  zone: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/),
  localGateway: z.strictObject({
    localGatewayId: z.string().regex(/^lgw-[0-9a-f]+$/),
    localGatewayRouteTableId: z.string().optional(),
    siteCidrBlocks: z.array(range).min(1),
    customerOwnedIpv4Pool: z.string().optional(),
  }),
});
export type OutpostsEcsSite = z.infer<typeof OutpostsEcsSite>;

/** Where a site stands, and what serves there. */
export const Site = z.discriminatedUnion('kind', [KubernetesSite, OutpostsEksSite, LocalZoneSite, OutpostsEcsSite]);
export type Site = z.infer<typeof Site>;
