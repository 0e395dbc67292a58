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
    if (typeof value !== 'string') return false;
    const named = target.props as Record<string, unknown>;
    return ['id', 'arn', 'name', 'bucket'].some((key) => typeof named[key] === 'string' && named[key] === value);
  }
}
