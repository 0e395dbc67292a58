import type { PropsOf } from './rule.ts';
import type { ResourceToken } from './resource-types.ts';
import { isUnknown } from './unknown.ts';

/** A resource as a stack rule sees it. */
export interface ViewedResource<P = Record<string, unknown>> {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: P;
  /** For each property, the URNs of the resources its value depends on. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** Properties by which a resource is named elsewhere. */
const NAMES = ['id', 'arn', 'name', 'bucket', 'url'];

/** All resources of a stack, with the questions stack rules ask. */
export class StackView {
  readonly resources: readonly ViewedResource[];
  readonly project: string;

  constructor(resources: readonly ViewedResource[], project: string) {
    this.resources = resources;
    this.project = project;
  }

  /** Resources of one type, with typed properties. */
  ofType<T extends ResourceToken>(type: T): readonly ViewedResource<PropsOf<T>>[] {
    return this.resources.filter((resource) => resource.type === type) as unknown as ViewedResource<PropsOf<T>>[];
  }

  has(...types: readonly string[]): boolean {
    return this.resources.some((resource) => types.includes(resource.type));
  }

  /**
   * Whether `property` of `from` names `target`. While a name or id is unknown, the graph tells: the value of the property
   * comes out of the target.
   */
  refersTo(from: ViewedResource<unknown>, property: string, target: ViewedResource<unknown>): boolean {
    const value = (from.props as Record<string, unknown>)[property];
    if (isUnknown(value)) {
      if (value.sources.length > 0) return value.sources.some((source) => source.urn === target.urn);
      return (from.dependencies[property] ?? []).includes(target.urn);
    }
    return names(target).includes(value);
  }

  /** Whether `target` is named anywhere inside `property` of `from`: in a list, a nested setting, or JSON text. */
  mentions(from: ViewedResource<unknown>, property: string, target: ViewedResource<unknown>): boolean {
    if ((from.dependencies[property] ?? []).includes(target.urn)) return true;
    return this.holds((from.props as Record<string, unknown>)[property], target);
  }

  /** Whether `target` is named anywhere inside a value. */
  holds(value: unknown, target: ViewedResource<unknown>): boolean {
    return holds(value, target.urn, names(target));
  }
}

function names(target: ViewedResource<unknown>): readonly unknown[] {
  return NAMES.map((key) => (target.props as Record<string, unknown>)[key]).filter(
    (name) => typeof name === 'string' && name !== '',
  );
}

function holds(value: unknown, urn: string, named: readonly unknown[]): boolean {
  if (isUnknown(value)) return value.sources.some((source) => source.urn === urn);
  if (typeof value === 'string') return named.some((name) => value === name || value.includes(`"${String(name)}"`));
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => holds(inner, urn, named));
}
