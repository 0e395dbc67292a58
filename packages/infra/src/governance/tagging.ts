import type * as pulumi from '@pulumi/pulumi';
import type { PlatformTags } from './platform-tags.ts';

/**
 * Puts the platform's tags on every taggable resource below the one it is given to. A resource's own tags stay,
 * but cannot replace the platform's: cost reports and access rules rest on them.
 *
 * A transformation, rather than the provider's default tags, so that plans and policies see the tags on the
 * resource itself, with or without credentials.
 */
export function tagging(tags: PlatformTags, stack: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    if (!isTaggable(type, props)) return undefined;
    return { props: { ...props, tags: { ...props['tags'], ...tags, 'plinth-stack': stack } }, opts };
  };
}

/** The AWS provider declares the output `tagsAll` on exactly the resources that take tags, so no list can go stale. */
function isTaggable(type: string, props: Record<string, unknown>): boolean {
  return type.startsWith('aws:') && 'tagsAll' in props;
}
