import type { Plan, PlannedResource } from '../../plan.ts';
import { shortType } from '../../program/stand-ins.ts';
import { partsOf } from '../parts.ts';

/** Where a component stands in the picture: from the caller to what answers, and below it who watches. */
export type Group = 'front' | 'work' | 'model' | 'data' | 'network' | 'watch';

export interface PictureCard {
  readonly urn: string;
  readonly title: string;
  /** What it is, in words: `Streaming REST API`. */
  readonly subtitle: string;
  /** Name of its class, by which the icon is chosen. */
  readonly kind: string;
  readonly group: Group;
  /** US dollars a month at the load; `undefined` where it costs nothing, or nobody knows. */
  readonly monthlyUsd: number | undefined;
  readonly estimated: boolean;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
}

export interface Picture {
  /** In the order the program reads, which is the order a request travels. */
  readonly cards: readonly PictureCard[];
  readonly edges: readonly PictureEdge[];
}

/** What stands directly below the stack's root, and which of it uses which. */
export function pictureOf(plan: Plan): Picture {
  const { tops, topOf } = partsOf(plan.resources);
  const spend = new Map<string, number>();
  for (const { resource, monthlyUsd } of plan.cost.lines) {
    const top = topOf(resource);
    if (top !== undefined) spend.set(top, (spend.get(top) ?? 0) + (monthlyUsd.load ?? 0));
  }
  return {
    cards: tops.map((top) => ({
      urn: top.urn,
      title: top.name,
      subtitle: words(kindOf(top)),
      kind: kindOf(top),
      group: groupOf(top),
      monthlyUsd: (spend.get(top.urn) ?? 0) > 0 ? spend.get(top.urn) : undefined,
      estimated: !top.type.startsWith('plinth:') && top.kind === 'component',
    })),
    edges: edgesOf(plan.resources, topOf),
  };
}

function edgesOf(
  resources: readonly PlannedResource[],
  topOf: (urn: string) => string | undefined,
): readonly PictureEdge[] {
  const byPlaceholder = new Map(resources.map(({ type, name, urn }) => [`«${shortType(type)}:${name}.`, urn]));
  const seen = new Set<string>();
  const edges: PictureEdge[] = [];
  for (const { urn, props, dependsOn } of resources) {
    const named = [...JSON.stringify(props).matchAll(/«[^«».]*\./g)].flatMap(([text]) => byPlaceholder.get(text) ?? []);
    const from = topOf(urn);
    for (const to of [...dependsOn, ...named].map(topOf)) {
      if (from === undefined || to === undefined || from === to || seen.has(`${from} ${to}`)) continue;
      seen.add(`${from} ${to}`);
      edges.push({ from, to });
    }
  }
  return edges;
}

function kindOf({ type }: PlannedResource): string {
  return type.split(':').at(-1) ?? type;
}

const WORK = /Function|Queue|Schedule|Workflow|StateMachine|Batch|Job|Worker|Transform|Review/;
const FOLDERS: Readonly<Record<string, Group>> = {
  fronts: 'front',
  bedrock: 'model',
  sagemaker: 'model',
  containers: 'model',
  data: 'data',
  network: 'network',
  observability: 'watch',
  governance: 'watch',
  delivery: 'watch',
};

function groupOf(resource: PlannedResource): Group {
  const [, folder = '', kind = ''] = resource.type.split(':');
  if (/Logging|Repository|PackageGroup|Monitor|GatewayAccount/.test(kind)) return 'watch';
  if (/Endpoints?$/.test(kind) && folder === 'network') return 'network';
  if (WORK.test(kind) && folder !== 'governance' && folder !== 'observability') return 'work';
  return FOLDERS[folder] ?? (resource.type.startsWith('awsx:ec2') ? 'network' : 'watch');
}

const SPELLED: Readonly<Record<string, string>> = {
  Rest: 'REST',
  Api: 'API',
  Acl: 'ACL',
  Vpc: 'VPC',
  Eks: 'EKS',
  Ecs: 'ECS',
  Gpu: 'GPU',
  Iam: 'IAM',
  Http: 'HTTP',
  Sqs: 'SQS',
  Mlflow: 'MLflow',
  Vllm: 'vLLM',
  Waf: 'WAF',
  Web: 'Web',
  Oidc: 'OIDC',
  Github: 'GitHub',
};

/** `Streaming REST API` of `StreamingRestApi`. */
export function words(kind: string): string {
  const parts = kind.replace('GitHub', 'Github').match(/[A-Z][a-z0-9]*|[a-z0-9]+/g) ?? [kind];
  return parts
    .map(
      (part, index) =>
        SPELLED[part] ?? (index === 0 ? part.charAt(0).toUpperCase() + part.slice(1) : part.toLowerCase()),
    )
    .join(' ');
}
