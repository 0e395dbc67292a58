import { FromChild, REMOTE_COMPONENTS, resolveEstimate, type EstimatedValue } from '@plinth/infra/remote';

interface Named {
  readonly type: string;
  readonly name: string;
}

export interface ExpandedChild extends Named {
  readonly urn: string;
  /** As they would come over the wire. */
  readonly inputs: Record<string, unknown>;
  readonly dependsOn: string[];
}

/**
 * What a component whose code runs in a plugin will create, in the shape the plan monitor remembers resources in; `undefined` for any other
 * component.
 */
export function expandRemote(
  component: Named,
  inputs: Readonly<Record<string, unknown>>,
  plan: {
    readonly urnOf: (type: string, name: string) => string;
    readonly outputOf: (source: Named & { urn: string; property: string }) => unknown;
  },
): { readonly children: readonly ExpandedChild[]; readonly outputs: Record<string, unknown> } | undefined {
  const remote = REMOTE_COMPONENTS.get(component.type);
  if (remote === undefined) return undefined;
  const { children, outputs } = remote.expand(component.name, inputs);
  const read = ({ childType: type, child: name, property }: FromChild) =>
    plan.outputOf({ urn: plan.urnOf(type, name), type, name, property });
  return {
    children: children.map(({ type, name, inputs: own }) => ({
      type,
      name,
      urn: plan.urnOf(type, name),
      inputs: resolveEstimate(own, read) as Record<string, unknown>,
      dependsOn: [...new Set(pointers(own).map((from) => plan.urnOf(from.childType, from.child)))],
    })),
    outputs: resolveEstimate(outputs, read) as Record<string, unknown>,
  };
}

function pointers(value: EstimatedValue): FromChild[] {
  if (value instanceof FromChild) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pointers) : [];
}
