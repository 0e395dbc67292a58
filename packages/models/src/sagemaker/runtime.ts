import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { clientConfig, handlerOptions, type AwsRuntimeOptions } from '../aws/runtime-options.ts';
import { loadSdk } from './load-sdk.ts';

export type SageMakerRuntimeOptions = AwsRuntimeOptions;

/** A lazy SageMaker runtime client: nothing of the SDK is loaded before the first call, all callers share one client. */
export function createSageMakerRuntime(options: SageMakerRuntimeOptions): () => Promise<SageMakerRuntimeClient> {
  let client: Promise<SageMakerRuntimeClient> | undefined;
  return () => {
    client ??= connect(options);
    return client;
  };
}

async function connect(options: SageMakerRuntimeOptions): Promise<SageMakerRuntimeClient> {
  const { SageMakerRuntimeClient, NodeHttpHandler } = await loadSdk();
  return new SageMakerRuntimeClient({
    ...clientConfig(options),
    requestHandler: new NodeHttpHandler(handlerOptions(options)),
  });
}
