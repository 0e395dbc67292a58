import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, list } from '../json.ts';
import { listModels } from '../models.ts';
import type { Model } from '../models.ts';
import { ApiError, localProblem } from '../problem.ts';

/** Models that answer from documents; undefined where this platform has no document service. */
export async function documentModels(endpoint: Endpoint, key: string): Promise<Model[] | undefined> {
  try {
    return await listModels({ ...endpoint, baseUrl: `${endpoint.baseUrl}/rag` }, key);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Groups of the caller, to which uploads may be opened; undefined where the service does not tell. */
export async function ownGroups(endpoint: Endpoint, key: string): Promise<string[] | undefined> {
  let body: unknown;
  try {
    body = await callJson(endpoint, '/rag/v1/groups', { key });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  const groups = list(body);
  if (groups === undefined) throw new ApiError(localProblem('unreadable'));
  return groups.flatMap((group) => (isRecord(group) && typeof group.id === 'string' ? [group.id] : []));
}

function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'not_found';
}
