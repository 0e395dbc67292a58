import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Message, StopReason } from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { getCredentials } from './cognito.ts';
import type { DirectConfig } from './config.ts';

export type DirectEvent =
  | { type: 'text'; text: string }
  | { type: 'end'; reason: StopReason | undefined; inputTokens: number; outputTokens: number };

/** Longest answer the page asks for, tokens. A caller could ask for more: it is a courtesy here, and a rule only on a server. */
const MAX_TOKENS = 512;

/** A client that gets its credentials from Cognito, and new ones before they expire. */
export function createClient(config: DirectConfig, idToken?: string): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: config.region,
    credentials: () => getCredentials(config, idToken),
    // The handler this client takes by itself in a browser drops the abort signal: a stopped answer would run, and be billed, to its end.
    requestHandler: new FetchHttpHandler(),
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
  });
}

/**
 * Streams one answer straight from Bedrock, with the guardrail that the role demands.
 * @throws the SDK's exceptions: ThrottlingException, AccessDeniedException, ModelStreamErrorException and their kin
 */
export async function* streamAnswer(
  client: BedrockRuntimeClient,
  config: DirectConfig,
  messages: Message[],
  signal: AbortSignal,
): AsyncGenerator<DirectEvent, void, undefined> {
  const command = new ConverseStreamCommand({
    modelId: config.modelId,
    messages,
    inferenceConfig: { maxTokens: MAX_TOKENS },
    guardrailConfig: {
      guardrailIdentifier: config.guardrail.id,
      guardrailVersion: config.guardrail.version,
      // `async` would show text first and check it after.
      streamProcessingMode: 'sync',
    },
  });
  const { stream } = await client.send(command, { abortSignal: signal });
  let reason: StopReason | undefined;
  for await (const event of stream ?? []) {
    signal.throwIfAborted();
    const text = event.contentBlockDelta?.delta?.text;
    if (text !== undefined) yield { type: 'text', text };
    if (event.messageStop !== undefined) reason = event.messageStop.stopReason;
    const usage = event.metadata?.usage;
    if (usage !== undefined) {
      yield { type: 'end', reason, inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 };
    }
  }
}
