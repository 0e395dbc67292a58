import type { PlannedResource } from '../plan.ts';

export interface Parts {
  /** What stands directly below the stack's root, in the order the program reads. */
  readonly tops: readonly PlannedResource[];
  /** URN of the part a resource belongs to. */
  readonly topOf: (urn: string) => string | undefined;
}

const ROOT = 'plinth:governance:PlatformStack';

/** The parts a reader thinks of a stack in: its components, and resources outside any. */
export function partsOf(resources: readonly PlannedResource[]): Parts {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const above = ({ parent }: PlannedResource) => (parent === null ? undefined : byUrn.get(parent));
  const isTop = (resource: PlannedResource) => {
    if (resource.kind === 'stack' || resource.kind === 'provider' || resource.type === ROOT) return false;
    const holder = above(resource);
    return holder === undefined || holder.kind === 'stack' || holder.type === ROOT;
  };
  const topOf = (urn: string): string | undefined => {
    for (let at = byUrn.get(urn); at !== undefined; at = above(at)) if (isTop(at)) return at.urn;
    return undefined;
  };
  return { tops: resources.filter(isTop), topOf };
}
