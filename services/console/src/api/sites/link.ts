import type { LinkSwitchMode } from '@plinth/contracts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';
import { isAbsent } from './site.ts';

export const LINK_MODES = ['up', 'slow', 'down'] as const satisfies readonly LinkSwitchMode[];

/** What the link was set to by hand; undefined where it cannot be: only laptops let anybody cut it. */
export async function readLink(
  endpoint: Endpoint,
  key: string,
  signal: AbortSignal,
): Promise<LinkSwitchMode | undefined> {
  try {
    return modeOf(await callJson(endpoint, '/v1/link', { key, signal }));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export async function turnLink(endpoint: Endpoint, key: string, mode: LinkSwitchMode): Promise<LinkSwitchMode> {
  return modeOf(await callJson(endpoint, '/v1/link', { method: 'POST', key, body: { mode } }));
}

function modeOf(body: unknown): LinkSwitchMode {
  const mode = isRecord(body) ? LINK_MODES.find((each) => each === body.mode) : undefined;
  if (mode === undefined) throw new ApiError(localProblem('unreadable'));
  return mode;
}
