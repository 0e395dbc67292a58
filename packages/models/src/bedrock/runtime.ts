import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { loadSdk } from './load-sdk.ts';

export interface BedrockRuntimeOptions {
  readonly region: string;
  /** Another endpoint that speaks the protocol: a VPC endpoint, a stand-in on a laptop. */
  readonly endpoint?: string;
  /** @default the SDK's own chain (environment, profile, container, instance) */
  readonly credentials?: BedrockRuntimeClientConfig['credentials'];
  /** Streams at once. @default 1_024 */
  readonly maxSockets?: number;
  /** @default 3_000 */
  readonly connectTimeoutMs?: number;
  /** The SDK retries before the first token only, where no answer can be doubled. @default 2 */
  readonly maxAttempts?: number;
}

/**
 * A lazy Bedrock runtime client: nothing of the SDK is loaded before the first call, all callers share one client. HTTP/1.1 on purpose: a
 * stream per socket has its own backpressure, and the SDK's HTTP/2 sessions of one stream each gain nothing here. Silence is bounded by
 * the adapters' own timers, so the handler sets no other timeout than the connection's.
 */
export function createBedrockRuntime(options: BedrockRuntimeOptions): () => Promise<BedrockRuntimeClient> {
  let client: Promise<BedrockRuntimeClient> | undefined;
  return () => {
    client ??= connect(options);
    return client;
  };
}

async function connect(options: BedrockRuntimeOptions): Promise<BedrockRuntimeClient> {
  const { BedrockRuntimeClient, NodeHttpHandler } = await loadSdk();
  const agent = { keepAlive: true, maxSockets: options.maxSockets ?? 1_024 };
  return new BedrockRuntimeClient({
    region: options.region,
    maxAttempts: options.maxAttempts ?? 2,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    requestHandler: new NodeHttpHandler({
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: options.connectTimeoutMs ?? 3_000,
    }),
  });
}
