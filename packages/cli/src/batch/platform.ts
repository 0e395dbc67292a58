import { PlatformApi, type PlatformOptions } from '../api/platform-api.ts';

/** Beside the chat, on its address: OpenAI's clients know one. */
const SERVICE = { name: 'batch service', mount: '' };

export function findBatchPlatform(options: PlatformOptions): Promise<PlatformApi> {
  return PlatformApi.find(process.env, options, SERVICE);
}

export const batchPath = (id: string): string => `/v1/batches/${encodeURIComponent(id)}`;
