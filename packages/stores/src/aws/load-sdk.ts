import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as sdkModule from './sdk.ts';

export type DynamoSdk = typeof sdkModule;

let sdk: Promise<DynamoSdk> | undefined;

/** The AWS SDK, loaded once at first use. */
export function loadSdk(): Promise<DynamoSdk> {
  sdk ??= import('./sdk.ts');
  return sdk;
}

/** A lazy DynamoDB client: nothing of the SDK is loaded before the first call. Retries beside the SDK's are ours (DynamoCaller). */
export function createDynamoClient(options: { region: string; endpoint?: string }): () => Promise<DynamoDBClient> {
  let client: Promise<DynamoDBClient> | undefined;
  return () => {
    client ??= loadSdk().then(({ DynamoDBClient }) => new DynamoDBClient({ ...options, maxAttempts: 3 }));
    return client;
  };
}
