import { readFoundation, type FoundationOutputs, type Placement } from '@plinth/infra';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** A Region the chat answers from, and what stands there already. */
export interface Landing extends FoundationOutputs {
  readonly placement: Placement;
  /** The stack's name for a part there. Parts of the home Region bear no Region: a stack of one has nothing to say about it. */
  named(part: string): string;
  /** The Region's name where it is not the home Region. */
  readonly further?: string;
  readonly opts: pulumi.ComponentResourceOptions;
}

/** The Region the stack is configured for. */
export function homeLanding(
  placement: Placement,
  foundation: FoundationOutputs,
  opts: pulumi.ComponentResourceOptions,
): Landing {
  const { dataKeyArn, alertTopicArn } = foundation;
  return { placement, dataKeyArn, alertTopicArn, named: (part) => part, opts };
}

/**
 * A further Region of the same account. Keys, topics of alarms, API Gateway's right to log and the log of model calls are a Region's own,
 * so it has a foundation of its own: the home Region's name with the Region before the environment, `eu-west-1-production`.
 */
export async function furtherLanding(region: string, home: Landing, foundation: string | undefined): Promise<Landing> {
  const { dataKeyArn, alertTopicArn } = await readFoundation(foundation, undefined, region);
  const { allowedAccountIds, forbiddenAccountIds, assumeRoles, assumeRoleWithWebIdentity, profile } = aws.config;
  // A provider made here reads none of the stack's `aws:` settings: the same credentials, and the same account, or none.
  const credentials = { allowedAccountIds, forbiddenAccountIds, assumeRoles, assumeRoleWithWebIdentity, profile };
  const provider = new aws.Provider(region, { region, ...credentials }, home.opts);
  return {
    placement: { ...home.placement, region },
    dataKeyArn,
    alertTopicArn,
    named: (part) => `${part}-${region}`,
    further: region,
    opts: { ...home.opts, providers: [provider] },
  };
}
