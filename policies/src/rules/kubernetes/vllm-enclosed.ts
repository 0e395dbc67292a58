import { containersOfPod, podTemplateOf } from '../../containers/kubernetes-pods.ts';
import { isVllm } from '../../containers/vllm.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { at, entriesAt, listAt } from '../../read.ts';
import { defineStackRule, type Report } from '../../rule.ts';
import type { StackView, ViewedResource } from '../../stack-view.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

export const vllmEnclosed = defineStackRule({
  id: 'kubernetes-vllm-enclosed',
  requirement: 24,
  pack: 'baseline',
  title: 'vLLM on Kubernetes is reached inside the cluster only, by named pods only',
  description: 'vLLM knows no tenants, budgets or guardrails: whoever reaches it directly passes the whole gateway by.',
  severity: 'critical',
  levels: ADVISE_IN_DEV,
  remediation:
    'Make its Services ClusterIP, and add a NetworkPolicy with an empty podSelector and policyTypes Ingress and Egress to its namespace.',
  source: {
    controls: ['CKV2_K8S_6'],
    url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic',
  },
  check(stack, report) {
    for (const server of stack.resources) {
      const template = podTemplateOf(server.type, server.props);
      const containers = containersOfPod(template);
      if (isUnknown(containers)) {
        report.notYetKnown(containers, server.urn);
        continue;
      }
      if (!containers.some(isVllm)) continue;
      judgeServices(stack, server, entriesAt(template, 'metadata', 'labels'), report);
      judgeNetworkPolicies(stack, server, report);
    }
  },
});

type Labels = readonly (readonly [string, unknown])[] | Unknown;

function judgeServices(stack: StackView, server: ViewedResource, labels: Labels, report: Report): void {
  for (const service of stack.resources.filter(({ type }) => type === 'kubernetes:core/v1:Service')) {
    if (inSameNamespace(service, server) === false) continue;
    const selector = entriesAt(service.props, 'spec', 'selector');
    if (!isUnknown(selector) && !isUnknown(labels) && !selects(selector, new Map(labels))) continue;
    const kind = at(service.props, 'spec', 'type') ?? 'ClusterIP';
    if (isUnknown(kind)) report.notYetKnown(kind, service.urn);
    else if (kind !== 'ClusterIP') report.violation(`The Service is of type ${String(kind)}.`, service.urn);
    const outside = listAt(service.props, 'spec', 'externalIPs');
    if (isUnknown(outside)) report.notYetKnown(outside, service.urn);
    else if (outside.length > 0) report.violation('The Service has external addresses.', service.urn);
  }
}

/** A label that is not known yet may be the one. */
function selects(selector: readonly (readonly [string, unknown])[], labels: ReadonlyMap<string, unknown>): boolean {
  const maySame = (a: unknown, b: unknown) => isUnknown(a) || isUnknown(b) || a === b;
  return selector.length > 0 && selector.every(([key, value]) => labels.has(key) && maySame(labels.get(key), value));
}

function judgeNetworkPolicies(stack: StackView, server: ViewedResource, report: Report): void {
  const policies = stack.resources
    .filter(({ type }) => type === NETWORK_POLICY)
    .map((policy) => ({ here: inSameNamespace(policy, server), denies: deniesByDefault(policy.props) }))
    .filter(({ here }) => here !== false);
  for (const direction of ['Ingress', 'Egress'] as const) {
    // A denial counts where the policy is surely in the namespace.
    const answers = policies.map(({ here, denies }) => (denies[direction] === true ? here : denies[direction]));
    if (answers.includes(true)) continue;
    const unknown = answers.find(isUnknown);
    if (unknown !== undefined) report.notYetKnown(unknown, server.urn);
    else report.violation(`No NetworkPolicy of its namespace denies ${direction} by default.`, server.urn);
  }
}

/** Names that Pulumi or Kubernetes gives are not known yet; that both come from one Namespace of the stack is. */
function inSameNamespace(a: ViewedResource, b: ViewedResource): boolean | Unknown {
  const [one, other] = [a, b].map(({ props }) => at(props, 'metadata', 'namespace') ?? 'default');
  if (!isUnknown(one) && !isUnknown(other)) return one === other;
  if (isUnknown(one) && isUnknown(other)) {
    if (one.template !== undefined && other.template !== undefined) return one.template === other.template;
    const [from, also] = [a, b].map(({ dependencies }) => dependencies['metadata'] ?? []);
    if (from?.some((urn) => also?.includes(urn) === true) === true) return true;
  }
  return isUnknown(one) ? one : (other as Unknown);
}

const NETWORK_POLICY = 'kubernetes:networking.k8s.io/v1:NetworkPolicy';

/** A policy that selects every pod, names the direction and allows nothing in it. */
function deniesByDefault(policy: unknown): Record<'Ingress' | 'Egress', boolean | Unknown> {
  const spec = at(policy, 'spec');
  const answer = (direction: 'Ingress' | 'Egress'): boolean | Unknown => {
    const labels = entriesAt(spec, 'podSelector', 'matchLabels');
    const expressions = listAt(spec, 'podSelector', 'matchExpressions');
    const kinds = listAt(spec, 'policyTypes');
    const rules = listAt(spec, direction.toLowerCase());
    for (const part of [labels, expressions, kinds, rules]) if (isUnknown(part)) return part;
    const [selected, named, allowed] = [
      [...(labels as readonly unknown[]), ...(expressions as readonly unknown[])],
      kinds as readonly unknown[],
      rules as readonly unknown[],
    ];
    if (selected.length > 0 || allowed.length > 0) return false;
    return named.includes(direction) || (named.find(isUnknown) ?? false);
  };
  return { Ingress: answer('Ingress'), Egress: answer('Egress') };
}
