import { PlatformApi, type PlatformOptions } from '../api/platform-api.ts';

/** The retrieval service of a running platform. */
export type RagPlatform = PlatformApi;

const SERVICE = { name: 'retrieval service', mount: '/rag' };

export const RagPlatform = {
  /** See `PlatformApi.find`. */
  find: (variables: Record<string, string | undefined>, options: PlatformOptions = {}): Promise<RagPlatform> =>
    PlatformApi.find(variables, options, SERVICE),
};
