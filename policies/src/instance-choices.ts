import { hasAccelerator, isAcceleratorCategory } from './accelerators.ts';
import { at, listAt } from './read.ts';
import { isUnknown, type Unknown } from './unknown.ts';

/** An instance type that will be started, or a choice so wide that accelerators are among it. */
export type InstanceChoice =
  { readonly kind: 'type'; readonly type: string } | { readonly kind: 'open'; readonly what: string } | Unknown;

const KARPENTER = 'kubernetes:karpenter.sh/v1:NodePool';

const READERS: Readonly<Record<string, (props: unknown) => readonly InstanceChoice[]>> = {
  'aws:autoscaling/group:Group': (group) =>
    eachOf(listAt(group, 'mixedInstancesPolicy', 'launchTemplate', 'overrides'), (override) => [
      ...types(at(override, 'instanceType')),
      ...byRequirements(at(override, 'instanceRequirements')),
    ]),
  'aws:batch/computeEnvironment:ComputeEnvironment': (environment) =>
    types(at(environment, 'computeResources', 'instanceTypes')),
  'aws:ec2/instance:Instance': (instance) => types(at(instance, 'instanceType')),
  'aws:ec2/launchTemplate:LaunchTemplate': (template) => [
    ...types(at(template, 'instanceType')),
    ...byRequirements(at(template, 'instanceRequirements')),
  ],
  'aws:eks/nodeGroup:NodeGroup': (group) => types(at(group, 'instanceTypes')),
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration': (configuration) =>
    ['productionVariants', 'shadowProductionVariants'].flatMap((variants) =>
      eachOf(listAt(configuration, variants), (variant) => types(at(variant, 'instanceType'))),
    ),
  [KARPENTER]: (pool) => byKarpenter(pool),
};

export const INSTANCE_CHOOSERS = [
  'aws:autoscaling/group:Group',
  'aws:batch/computeEnvironment:ComputeEnvironment',
  'aws:ec2/instance:Instance',
  'aws:ec2/launchTemplate:LaunchTemplate',
  'aws:eks/nodeGroup:NodeGroup',
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration',
  KARPENTER,
] as const;

/** Every instance type a resource may start, as far as it says. */
export function instanceChoicesOf(type: string, props: unknown): readonly InstanceChoice[] {
  return READERS[type]?.(props) ?? [];
}

function types(value: unknown): readonly InstanceChoice[] {
  if (value === undefined) return [];
  return [value].flat().map((type): InstanceChoice => {
    if (isUnknown(type)) return type;
    const name = String(type);
    // Batch takes a family, `p5`, for all its sizes.
    return !name.includes('.') && hasAccelerator(name)
      ? { kind: 'open', what: `Every size of ${name} is allowed` }
      : { kind: 'type', type: name };
  });
}

function eachOf(
  list: readonly unknown[] | Unknown,
  read: (item: unknown) => readonly InstanceChoice[],
): readonly InstanceChoice[] {
  if (isUnknown(list)) return [list];
  return list.flatMap((item) => (isUnknown(item) ? [item] : read(item)));
}

/** Attribute-based selection takes any type that fits, those with accelerators too unless their count is capped at 0. */
function byRequirements(requirements: unknown): readonly InstanceChoice[] {
  if (requirements === undefined) return [];
  const named = listAt(requirements, 'allowedInstanceTypes');
  if (isUnknown(named)) return [named];
  if (named.length > 0) return named.flatMap((name) => (String(name).includes('*') ? wide(name) : types(name)));
  const most = at(requirements, 'acceleratorCount', 'max');
  if (isUnknown(most)) return [most];
  return most === 0 ? [] : [{ kind: 'open', what: 'Attributes may choose any accelerator' }];
}

function wide(pattern: unknown): readonly InstanceChoice[] {
  return [{ kind: 'open', what: `Everything like ${String(pattern)} is allowed` }];
}

/** A node pool narrows by type, by family and size, or by category; whatever it leaves open, Karpenter may start. */
function byKarpenter(pool: unknown): readonly InstanceChoice[] {
  const requirements = listAt(pool, 'spec', 'template', 'spec', 'requirements');
  if (isUnknown(requirements)) return [requirements];
  const unknown = requirements.find(isUnknown);
  if (unknown !== undefined) return [unknown];
  const valuesOf = (key: string): readonly unknown[] | Unknown | undefined => {
    const requirement = requirements.find((each) => at(each, 'key') === key && at(each, 'operator') === 'In');
    return requirement === undefined ? undefined : listAt(requirement, 'values');
  };
  const named = valuesOf('node.kubernetes.io/instance-type');
  if (named !== undefined) return isUnknown(named) ? [named] : types([...named]);
  const families = valuesOf('karpenter.k8s.aws/instance-family');
  const sizes = valuesOf('karpenter.k8s.aws/instance-size');
  if (isUnknown(families)) return [families];
  if (families !== undefined) {
    if (isUnknown(sizes)) return [sizes];
    if (sizes === undefined) return types([...families]);
    return families.flatMap((family) =>
      sizes.flatMap((size) => [family, size].find(isUnknown) ?? types(`${String(family)}.${String(size)}`)),
    );
  }
  const categories = valuesOf('karpenter.k8s.aws/instance-category');
  if (isUnknown(categories)) return [categories];
  if (categories === undefined) return [{ kind: 'open', what: 'The node pool may start any instance type' }];
  return categories.flatMap((category): readonly InstanceChoice[] => {
    if (isUnknown(category)) return [category];
    return isAcceleratorCategory(String(category))
      ? [{ kind: 'open', what: `Everything of category ${String(category)} is allowed` }]
      : [];
  });
}
