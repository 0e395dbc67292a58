import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { clientConfig, handlerOptions, type AwsRuntimeOptions } from '../aws/runtime-options.ts';
import { loadSdk } from './load-sdk.ts';

export type BedrockRuntimeOptions = AwsRuntimeOptions;

/** A lazy Bedrock runtime client: nothing of the SDK is loaded before the first call, all callers share one client. */
export function createBedrockRuntime(options: BedrockRuntimeOptions): () => Promise<BedrockRuntimeClient> {
  let client: Promise<BedrockRuntimeClient> | undefined;
  return () => {
    client ??= connect(options);
    return client;
  };
}

async function connect(options: BedrockRuntimeOptions): Promise<BedrockRuntimeClient> {
  const { BedrockRuntimeClient, NodeHttpHandler } = await loadSdk();
  return new BedrockRuntimeClient({
    ...clientConfig(options),
    requestHandler: new NodeHttpHandler(handlerOptions(options)),
  });
}
