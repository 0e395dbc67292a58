import { callJson } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { ApiError, localProblem } from './problem.ts';
import { isRecord, list } from './json.ts';

export interface Model {
  id: string;
  ownedBy: string;
  /** Longest prompt plus completion, tokens, where the platform says. */
  contextLength?: number;
}

/** Models this key may use, in the platform's order. Also how a key is checked. */
export async function listModels(endpoint: Endpoint, key: string, signal?: AbortSignal): Promise<Model[]> {
  const body = await callJson(endpoint, '/v1/models', { key, ...(signal === undefined ? {} : { signal }) });
  const entries = list(body);
  if (entries === undefined) throw new ApiError(localProblem('unreadable'));
  return entries.flatMap((entry) => {
    if (!isRecord(entry) || typeof entry.id !== 'string') return [];
    const { id, owned_by: owner, context_length: length } = entry;
    return [
      {
        id,
        ownedBy: typeof owner === 'string' ? owner : '',
        ...(typeof length === 'number' ? { contextLength: length } : {}),
      },
    ];
  });
}
