import { at, listAt } from '../read.ts';
import { isUnknown, Unknown } from '../unknown.ts';
import type { ConfinedContainer } from './container.ts';

/** Kubernetes objects that start containers, and where their pod template is. */
const POD_TEMPLATES = {
  'kubernetes:apps/v1:DaemonSet': ['spec', 'template'],
  'kubernetes:apps/v1:Deployment': ['spec', 'template'],
  'kubernetes:apps/v1:ReplicaSet': ['spec', 'template'],
  'kubernetes:apps/v1:StatefulSet': ['spec', 'template'],
  'kubernetes:batch/v1:CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'kubernetes:batch/v1:Job': ['spec', 'template'],
  'kubernetes:core/v1:Pod': [],
} as const;

export const WORKLOAD_TYPES = Object.keys(POD_TEMPLATES) as (keyof typeof POD_TEMPLATES)[];

/** The pod template of a workload (the pod itself is its own), an unknown, or `undefined` for any other object. */
export function podTemplateOf(type: string, props: unknown): unknown {
  const path = (POD_TEMPLATES as Record<string, readonly string[]>)[type];
  return path === undefined ? undefined : at(props, ...path);
}

/** Containers and init containers of a pod template. */
export function containersOfPod(template: unknown): readonly ConfinedContainer[] | Unknown {
  const pod = at(template, 'spec');
  if (isUnknown(pod)) return pod;
  const containers: ConfinedContainer[] = [];
  for (const group of ['initContainers', 'containers']) {
    const list = listAt(pod, group);
    if (isUnknown(list)) return list;
    for (const container of list) {
      if (isUnknown(container)) return container;
      containers.push(read(container, pod));
    }
  }
  return containers;
}

function read(container: unknown, pod: unknown): ConfinedContainer {
  const own = (key: string) => at(container, 'securityContext', key);
  const inherited = (key: string) => own(key) ?? at(pod, 'securityContext', key);
  return {
    name: String(at(container, 'name') ?? '(no name)'),
    image: at(container, 'image'),
    command: joined(listAt(container, 'command'), listAt(container, 'args')),
    environment: environmentOf(container),
    confinement: {
      nonRoot: nonRoot(inherited('runAsNonRoot'), inherited('runAsUser')),
      privileged: own('privileged'),
      readOnlyRoot: own('readOnlyRootFilesystem'),
      escalation: own('allowPrivilegeEscalation'),
    },
  };
}

/** `runAsNonRoot` makes the kubelet refuse user 0; a user id above 0 says the same. */
function nonRoot(declared: unknown, user: unknown): unknown {
  if (user === 0) return false;
  if (declared === true || (typeof user === 'number' && user > 0)) return true;
  return [declared, user].find(isUnknown) ?? false;
}

function environmentOf(container: unknown): readonly (readonly [string, unknown])[] | Unknown {
  const list = listAt(container, 'env');
  const groups = listAt(container, 'envFrom');
  if (isUnknown(list)) return list;
  if (isUnknown(groups)) return groups;
  const variables: (readonly [string, unknown])[] = [];
  for (const entry of list) {
    if (isUnknown(entry)) return entry;
    const name = String(at(entry, 'name') ?? '');
    variables.push([name, at(entry, 'value') ?? new Unknown(`env ${name}`)]);
  }
  return groups.length > 0 ? new Unknown('envFrom') : variables;
}

export function joined(...lists: readonly (readonly unknown[] | Unknown)[]): readonly unknown[] | Unknown {
  const all: unknown[] = [];
  for (const list of lists) {
    if (isUnknown(list)) return list;
    all.push(...list);
  }
  return all;
}
