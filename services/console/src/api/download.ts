import { call } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { ApiError, localProblem } from './problem.ts';

/** Longest wait for all of the bytes, milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 600_000;

/** The bytes of a file, whatever they are: to be saved, never shown. */
export async function downloadBytes(endpoint: Endpoint, key: string, path: string): Promise<Blob> {
  const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  try {
    const response = await call(endpoint, path, { key, signal });
    return new Blob([await response.blob()], { type: 'application/octet-stream' });
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(localProblem('unreachable'), error);
  }
}
