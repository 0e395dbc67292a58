import type { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';

/** A lazy client of Bedrock's agent runtime (knowledge bases, rerankers): nothing of the SDK is loaded before the first call, all callers share one. */
export function createAgentRuntime(options: {
  readonly region: string;
  /** Another endpoint that speaks the protocol: a VPC endpoint, a stand-in on a laptop. */
  readonly endpoint?: string;
}): () => Promise<BedrockAgentRuntimeClient> {
  let client: Promise<BedrockAgentRuntimeClient> | undefined;
  return () => {
    client ??= import('@aws-sdk/client-bedrock-agent-runtime').then(
      (sdk) => new sdk.BedrockAgentRuntimeClient({ ...options, maxAttempts: 2 }),
    );
    return client;
  };
}
