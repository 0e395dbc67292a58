import * as pulumi from '@pulumi/pulumi';
import type { PlatformTags } from './platform-tags.ts';
import { tagging } from './tagging.ts';

/**
 * The root of one deployed stack: everything below it is tagged alike.
 *
 * @example
 * const stack = new PlatformStack('public-chat', config.tags);
 * const key = new Key('data', { placement }, { parent: stack });
 */
export class PlatformStack extends pulumi.ComponentResource {
  constructor(name: string, tags: PlatformTags, opts: pulumi.ComponentResourceOptions = {}) {
    super(
      'plinth:governance:PlatformStack',
      name,
      {},
      {
        ...opts,
        transformations: [...(opts.transformations ?? []), tagging(tags, name)],
      },
    );
    this.registerOutputs({});
  }
}
