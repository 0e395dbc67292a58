import * as pulumi from '@pulumi/pulumi';
import type { PlatformTags } from './platform-tags.ts';

/**
 * Puts the platform's tags on every taggable resource below the one it is given to. A resource's own tags stay,
 * but cannot replace the platform's: cost reports and access rules rest on them.
 *
 * A transformation, rather than the provider's default tags, so that plans and policies see the tags on the
 * resource itself, with or without credentials.
 */
export function tagging(tags: PlatformTags, stack: string): pulumi.ResourceTransformation {
  const ours = { ...tags, 'plinth-stack': stack };
  return ({ type, props, opts }) => {
    if (type === SCALING_GROUP) return { props: { ...props, tags: handedDown(props['tags'], ours) }, opts };
    if (!isTaggable(type, props)) return undefined;
    return { props: { ...props, tags: { ...props['tags'], ...ours } }, opts };
  };
}

/** The one type with a list of tags in place of a map: it hands them to the instances it starts, which are what is paid for. */
const SCALING_GROUP = 'aws:autoscaling/group:Group';

interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

function handedDown(own: pulumi.Input<GroupTag[]> | undefined, ours: Readonly<Record<string, string>>) {
  return pulumi
    .output(own ?? [])
    .apply((list) => [
      ...list.filter(({ key }) => !(key in ours)),
      ...Object.entries(ours).map(([key, value]): GroupTag => ({ key, value, propagateAtLaunch: true })),
    ]);
}

/** The AWS provider declares the output `tagsAll` on exactly the resources that take tags, so no list can go stale. */
function isTaggable(type: string, props: Record<string, unknown>): boolean {
  return type.startsWith('aws:') && 'tagsAll' in props;
}
