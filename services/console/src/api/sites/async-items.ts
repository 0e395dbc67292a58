import type { AsyncObject } from '@plinth/contracts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, list, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** A request that a site keeps, or what came of it. Times in epoch milliseconds. */
export interface AsyncItem {
  id: string;
  status: AsyncObject['status'];
  createdAt: number;
  expiresAt: number;
  endedAt: number | undefined;
  /** Of a completed one, where it was asked for by its id. */
  answer: string | undefined;
  error: { code: string; message: string } | undefined;
}

const STATES = ['queued', 'in_progress', 'completed', 'failed', 'cancelled'] as const satisfies AsyncObject['status'][];

/** Whether it still waits: nothing leaves the other states. */
export function waits({ status }: Pick<AsyncItem, 'status'>): boolean {
  return status === 'queued' || status === 'in_progress';
}

/** The newest of this key's requests, newest first, without their answers. */
export async function listItems(
  endpoint: Endpoint,
  key: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<AsyncItem[]> {
  const entries = list(await callJson(endpoint, `/v1/async?limit=${limit}`, { key, signal }));
  if (entries === undefined) throw new ApiError(localProblem('unreadable'));
  return entries.flatMap((entry) => itemOf(entry) ?? []);
}

export async function getItem(endpoint: Endpoint, key: string, id: string, signal: AbortSignal): Promise<AsyncItem> {
  const item = itemOf(await callJson(endpoint, `/v1/async/${encodeURIComponent(id)}`, { key, signal }));
  if (item === undefined) throw new ApiError(localProblem('unreadable'));
  return item;
}

export function itemOf(value: unknown): AsyncItem | undefined {
  if (!isRecord(value) || value.object !== 'async.chat.completion') return undefined;
  const status = STATES.find((each) => each === value.status);
  if (status === undefined) return undefined;
  const { error } = value;
  const endedAt = numberOf(value.ended_at);
  return {
    id: textOf(value.id),
    status,
    createdAt: (numberOf(value.created_at) ?? 0) * 1_000,
    expiresAt: (numberOf(value.expires_at) ?? 0) * 1_000,
    endedAt: endedAt === undefined ? undefined : endedAt * 1_000,
    answer: answerOf(value.response),
    error: isRecord(error) ? { code: textOf(error.code), message: textOf(error.message) } : undefined,
  };
}

/** The text of a whole answer; undefined where it is none. */
export function answerOf(completion: unknown): string | undefined {
  if (!isRecord(completion) || !Array.isArray(completion.choices)) return undefined;
  const choice: unknown = completion.choices[0];
  return isRecord(choice) && isRecord(choice.message) ? textOf(choice.message.content) : undefined;
}
