import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { PlatformError } from '@plinth/contracts';
import type { ObjectStore } from '@plinth/stores/objects';
import { callAws } from './aws-call.ts';

/** A queue of requests before a model. */
export interface AsyncEndpoint {
  /** Hands a request in. Not idempotent: handed in twice, it is answered twice. */
  invoke(
    name: string,
    body: string,
    signal: AbortSignal,
  ): Promise<{ readonly output: string; readonly failure: string }>;
}

export interface SageMakerAsyncOptions {
  readonly client: () => Promise<SageMakerRuntimeClient>;
  readonly endpointName: string;
  /** Where requests are put: a bucket, and what their keys begin with. */
  readonly requests: { readonly bucket: string; readonly prefix: string; readonly objects: Pick<ObjectStore, 'put'> };
}

/** SageMaker lets a request wait for so long, and gives it up then; it may be worked on for an hour. Its own defaults and bounds. */
export const ASYNC_WAIT_SECONDS = 21_600;
export const ASYNC_CALL_SECONDS = 3_600;
/** A request's object. SageMaker takes 1 GB; a record is far below. */
const MOST_BYTES = 8 * 1024 * 1024;

/** SageMaker's asynchronous endpoint: the request is an object, and so will be its answer, at a place it tells at once. */
export function sageMakerAsyncEndpoint({ client, endpointName, requests }: SageMakerAsyncOptions): AsyncEndpoint {
  return {
    async invoke(name, body, signal) {
      const key = `${requests.prefix}${name}`;
      const bytes = Buffer.from(body);
      await requests.objects.put(key, bytes, { contentType: 'application/json', maxBytes: MOST_BYTES, signal });
      const { InvokeEndpointAsyncCommand } = await import('@aws-sdk/client-sagemaker-runtime');
      const sdk = await client();
      const answer = await callAws('SageMaker', signal, (abortSignal) =>
        sdk.send(
          new InvokeEndpointAsyncCommand({
            EndpointName: endpointName,
            InputLocation: `s3://${requests.bucket}/${key}`,
            ContentType: 'application/json',
            Accept: 'application/json',
            RequestTTLSeconds: ASYNC_WAIT_SECONDS,
            InvocationTimeoutSeconds: ASYNC_CALL_SECONDS,
          }),
          { abortSignal },
        ),
      );
      if (answer.OutputLocation === undefined || answer.FailureLocation === undefined)
        throw new PlatformError('upstream_failed', 'SageMaker did not say where its answer will be. Try again.');
      return { output: answer.OutputLocation, failure: answer.FailureLocation };
    },
  };
}
