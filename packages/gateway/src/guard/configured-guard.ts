import type { GuardPolicy, GuardrailReference } from '@plinth/contracts';
import { createBedrockGuard, type BedrockGuardOptions } from './bedrock.ts';
import type { Guard } from './guard.ts';
import { guardsInOrder } from './in-order.ts';
import { createLocalGuard } from './local/index.ts';

/** The local guard, and after it the Bedrock guardrail where one is named and Bedrock can be reached. */
export function configuredGuard(
  policy: GuardPolicy,
  guardrail: GuardrailReference | undefined,
  client: BedrockGuardOptions['client'] | undefined,
): Guard {
  const local = createLocalGuard(policy);
  return guardrail === undefined || client === undefined
    ? local
    : guardsInOrder(local, createBedrockGuard({ client, guardrail }));
}
