import type * as pulumi from '@pulumi/pulumi';
import { watchFunction, watchRestApi } from './watch-front.ts';
import { watchBedrock, watchGuardrail, watchService } from './watch-model.ts';
import type { Watch } from './watch.ts';

/** The parts of a chat front that AWS reports numbers of. */
export interface ChatMetrics {
  functionName: pulumi.Input<string>;
  apiName: pulumi.Input<string>;
  stageName: pulumi.Input<string>;
  guardrailArn: pulumi.Input<string>;
  guardrailVersion: pulumi.Input<string>;
}

/** Where the chat service itself reports, by model. */
export const SERVICE_NAMESPACE = 'Plinth/Chat';

/** What is worth watching of a chat front, in the order its dashboard shows it. */
export function watchChat(
  front: ChatMetrics,
  limits: { readonly tokensPerHour?: number; readonly guardrailBlocks?: number } = {},
): Watch[] {
  const { functionName, apiName, stageName, guardrailArn: arn, guardrailVersion: version } = front;
  return [
    watchService({ namespace: SERVICE_NAMESPACE }),
    watchRestApi({ apiName, stageName }),
    watchFunction({ functionName }),
    watchBedrock({ tokensPerHour: limits.tokensPerHour }),
    watchGuardrail({ arn, version, blocks: limits.guardrailBlocks }),
  ];
}
