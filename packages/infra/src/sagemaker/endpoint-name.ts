import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';

/**
 * Physical name of an endpoint, `<stack>-<name>` if none is given. It is known before the endpoint exists, so that its log group,
 * alarms and scaling can be made for it.
 */
export function physicalName(name: string, given?: string): string {
  const physical = given ?? `plinth-${pulumi.getStack()}-${name}`.replaceAll(/[^0-9A-Za-z]+/g, '-').replace(/-$/, '');
  if (!/^[0-9A-Za-z](-*[0-9A-Za-z]){0,62}$/.test(physical))
    throw new StackError(
      `"${physical}" cannot name a SageMaker endpoint: letters, digits and hyphens, 63 at most. Set endpointName.`,
    );
  return physical;
}
