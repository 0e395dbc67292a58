import * as pulumi from '@pulumi/pulumi';
import { boundedBy } from '../delivery/boundary.ts';
import type { PlatformTags } from './platform-tags.ts';
import { StackError } from './stack-error.ts';
import { tagging } from './tagging.ts';

/**
 * The root of one deployed stack: everything below it is tagged alike and, where the account's setting `plinth:workloadBoundary` names
 * a managed policy by its ARN, every role below it is bounded by that policy, as the deploy role demands.
 *
 * @example
 * const stack = new PlatformStack('public-chat', config.tags);
 * const key = new Key('data', { placement }, { parent: stack });
 */
export class PlatformStack extends pulumi.ComponentResource {
  constructor(name: string, tags: PlatformTags, opts: pulumi.ComponentResourceOptions = {}) {
    const boundary = new pulumi.Config('plinth').get('workloadBoundary');
    if (boundary !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:policy\/[\w+=,.@/-]+$/.test(boundary))
      throw new StackError(`plinth:workloadBoundary is "${boundary}". Set it to the ARN of a managed policy.`);
    super(
      'plinth:governance:PlatformStack',
      name,
      {},
      {
        ...opts,
        transformations: [
          ...(opts.transformations ?? []),
          tagging(tags, name),
          ...(boundary === undefined ? [] : [boundedBy(boundary)]),
        ],
      },
    );
    this.registerOutputs({});
  }
}
