import type { AsyncObject, ChatCompletion } from '@plinth/contracts';
import type { ShownItem } from './site-outbox.ts';

/** An item as `/v1/async` tells it. */
export function asyncView({ item, underWay }: ShownItem): AsyncObject {
  const { id, status, createdAt, expiresAt, endedAt, response, error } = item;
  return {
    id,
    object: 'async.chat.completion',
    status: status === 'waiting' ? (underWay ? 'in_progress' : 'queued') : status,
    created_at: seconds(createdAt),
    expires_at: seconds(expiresAt),
    ended_at: endedAt === undefined ? null : seconds(endedAt),
    response: response === undefined ? null : (JSON.parse(response) as ChatCompletion),
    error: error ?? null,
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1_000);
