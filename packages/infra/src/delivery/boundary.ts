import type * as pulumi from '@pulumi/pulumi';

/** Path of the roles that stacks make: a deploy role handles these and no other. */
export const WORKLOAD_PATH = '/plinth/';

/**
 * Puts every role below the resource it is given to under {@link WORKLOAD_PATH}, within a permissions boundary. The deploy role of
 * `GitHubRoles` can make no other. Roles that a plugin makes (awsx, eks) are out of its reach: give those components roles of the stack.
 *
 * @example
 * new PlatformStack('chat', tags, { transformations: [boundedBy(arn)] });
 */
export function boundedBy(policyArn: pulumi.Input<string>): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const path = { path: props['path'] ?? WORKLOAD_PATH };
    if (type === 'aws:iam/instanceProfile:InstanceProfile') return { props: { ...props, ...path }, opts };
    if (type !== 'aws:iam/role:Role') return undefined;
    return { props: { ...props, ...path, permissionsBoundary: props['permissionsBoundary'] ?? policyArn }, opts };
  };
}
