import type { S3Client } from '@aws-sdk/client-s3';
import type * as sdkModule from './sdk.ts';

export type S3Sdk = typeof sdkModule;

/** Milliseconds to connect, and of silence on a connection before it is given up. */
const CONNECT_MS = 3_000;
const SILENCE_MS = 30_000;

let sdk: Promise<S3Sdk> | undefined;

/** The AWS SDK, loaded once at first use. */
export function loadSdk(): Promise<S3Sdk> {
  sdk ??= import('./sdk.ts');
  return sdk;
}

/** A lazy S3 client: nothing of the SDK is loaded before the first call. With an endpoint, buckets are named in the path. */
export function createS3Client(options: { region: string; endpoint?: string }): () => Promise<S3Client> {
  let client: Promise<S3Client> | undefined;
  return () => {
    client ??= loadSdk().then(
      ({ S3Client }) =>
        new S3Client({
          ...options,
          forcePathStyle: options.endpoint !== undefined,
          maxAttempts: 3,
          requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
        }),
    );
    return client;
  };
}
