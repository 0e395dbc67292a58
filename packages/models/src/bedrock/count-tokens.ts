import type { BedrockRuntimeClient, CountTokensInput } from '@aws-sdk/client-bedrock-runtime';
import type { CallLife } from '../call-life.ts';
import { loadSdk } from './load-sdk.ts';

/** Names under which Bedrock says that it does not count for this model, or not for an inference profile. */
const CANNOT = new Set(['ResourceNotFoundException', 'UnknownOperationException', 'AccessDeniedException']);

/**
 * Prompt tokens by CountTokens. `not-served` when this model has no counter (or the role may not ask, which is the same to a caller
 * who falls back to an estimate), `unknown` when it cannot count this prompt. Rejects on what may pass.
 */
export async function countWithBedrock(
  client: BedrockRuntimeClient,
  modelId: string,
  input: CountTokensInput,
  life: CallLife,
): Promise<number | 'not-served' | 'unknown'> {
  const { CountTokensCommand } = await loadSdk();
  try {
    const command = new CountTokensCommand({ modelId, input });
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    life.complete();
    return answer.inputTokens ?? 'unknown';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (CANNOT.has(error.name)) return 'not-served';
    if (error.name !== 'ValidationException') throw error;
    return /support|invalid model|model identifier/i.test(error.message) ? 'not-served' : 'unknown';
  }
}
