import type { PlannedResource } from '../evaluate.ts';
import type { ResourceToken, ResourceTypes } from '../resource-types.ts';
import type { Unwrap } from '@pulumi/pulumi';

/** What the engine puts in place of a value that is not known at preview. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export const urnOf = (type: string, name: string, stack = 'production', project = 'plinth-test'): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`;

type Loose<T> = T extends object ? { [K in keyof T]?: Loose<T[K]> | string } : T | string;

/** A resource of a stack under test. `dependencies` says, by property, which other sample (by URN) a value comes from. */
export function sample<T extends ResourceToken>(
  type: T,
  props: Loose<Unwrap<ResourceTypes[T]>>,
  options: { name?: string; project?: string; dependencies?: Record<string, string[]> } = {},
): PlannedResource {
  const name = options.name ?? 'it';
  return {
    type,
    name,
    urn: urnOf(type, name, 'production', options.project),
    props: props as object,
    dependencies: options.dependencies ?? {},
  };
}
