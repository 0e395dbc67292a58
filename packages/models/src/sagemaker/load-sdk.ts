import type * as sdkModule from './sdk.ts';

export type SageMakerSdk = typeof sdkModule;

let sdk: Promise<SageMakerSdk> | undefined;

/** The AWS SDK, loaded once at first use. */
export function loadSdk(): Promise<SageMakerSdk> {
  sdk ??= import('./sdk.ts');
  return sdk;
}
