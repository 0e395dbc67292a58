import type { RouteList, RoutePool } from '@plinth/contracts';
import { callJson } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { isRecord, list, numberOf, textOf } from './json.ts';
import { ApiError, localProblem } from './problem.ts';

type Breaker = RoutePool['members'][number]['breaker'];

/** One place of a model. */
export interface Place {
  pool: string;
  id: string;
  /** Of the platform itself, or paid by the token. */
  owner: RoutePool['owner'];
  breaker: Breaker;
  inFlight: number;
  /** Requests at once that it is trusted with now. */
  limit: number;
  /** Time to the first token as it is measured, milliseconds. */
  ttftMs: number | undefined;
}

/** A model with several places. */
export interface RoutedModel {
  model: string;
  places: readonly Place[];
}

const BREAKERS = ['closed', 'open', 'half-open'] as const satisfies Breaker[];

/** Models with several places, as the platform sees them now. */
export async function listRoutes(endpoint: Endpoint, key: string, signal: AbortSignal): Promise<RoutedModel[]> {
  const entries = list(await callJson(endpoint, '/v1/routes', { key, signal })) as RouteList['data'] | undefined;
  if (entries === undefined) throw new ApiError(localProblem('unreadable'));
  return entries.flatMap((entry: unknown) => {
    if (!isRecord(entry) || !Array.isArray(entry.pools)) return [];
    return [{ model: textOf(entry.model), places: entry.pools.flatMap(placesOf) }];
  });
}

function placesOf(pool: unknown): Place[] {
  if (!isRecord(pool) || !Array.isArray(pool.members)) return [];
  return pool.members.filter(isRecord).map((member) => ({
    pool: textOf(pool.id),
    id: textOf(member.id),
    owner: pool.owner === 'managed' ? 'managed' : 'own',
    breaker: BREAKERS.find((each) => each === member.breaker) ?? 'open',
    inFlight: numberOf(member.in_flight) ?? 0,
    limit: numberOf(member.limit) ?? 0,
    ttftMs: numberOf(member.ttft_ms),
  }));
}
