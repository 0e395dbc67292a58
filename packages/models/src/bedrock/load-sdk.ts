import type * as sdkModule from './sdk.ts';

export type BedrockSdk = typeof sdkModule;

let sdk: Promise<BedrockSdk> | undefined;

/** The AWS SDK, loaded once at first use. */
export function loadSdk(): Promise<BedrockSdk> {
  sdk ??= import('./sdk.ts');
  return sdk;
}
