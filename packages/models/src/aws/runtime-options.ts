import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { NodeHttpHandlerOptions } from '@smithy/node-http-handler';

/** How a runtime of AWS is reached, whichever it is. */
export interface AwsRuntimeOptions {
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

/** The SDK client's configuration, but for its request handler. */
export function clientConfig(options: AwsRuntimeOptions) {
  return {
    region: options.region,
    maxAttempts: options.maxAttempts ?? 2,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}

/**
 * The request handler's options. HTTP/1.1 on purpose: a stream per socket has its own backpressure, and the SDK's HTTP/2 sessions of one
 * stream each gain nothing here. Silence is bounded by the adapters' own timers, so there is no other timeout than the connection's.
 */
export function handlerOptions(options: AwsRuntimeOptions): NodeHttpHandlerOptions {
  const agent = { keepAlive: true, maxSockets: options.maxSockets ?? 1_024 };
  return { httpAgent: agent, httpsAgent: agent, connectionTimeout: options.connectTimeoutMs ?? 3_000 };
}
