import { PlatformError } from '@plinth/contracts';
import type { NewOutboxItem, OutboxEnd } from './outbox.ts';

export const OUTBOX_BOUNDS = {
  idLength: 64,
  nameLength: 256,
  /** Characters of a request with its identity, and of an answer. */
  textLength: 8 * 1024 * 1024,
  listed: 100,
  waiting: 1_000,
  forgotten: 1_000,
} as const;

/** Mistakes of the caller but for the sizes, so the code is `internal`. */
export function checkItem({ id, idempotency, request, identity, expiresAt, createdAt }: NewOutboxItem): void {
  if (id.length === 0 || id.length > OUTBOX_BOUNDS.idLength)
    throw new PlatformError('internal', `The id of an item has 1 to ${OUTBOX_BOUNDS.idLength} characters.`);
  if (idempotency !== undefined && (idempotency.key.length === 0 || idempotency.key.length > OUTBOX_BOUNDS.nameLength))
    throw new PlatformError('invalid_request', `Idempotency-Key has 1 to ${OUTBOX_BOUNDS.nameLength} characters.`);
  if (!(expiresAt > createdAt)) throw new PlatformError('internal', 'An item expires after it was made.');
  checkLength(request.length + identity.length);
}

export function checkEnd({ response = '' }: OutboxEnd): void {
  checkLength(response.length);
}

function checkLength(length: number): void {
  if (length > OUTBOX_BOUNDS.textLength)
    throw new PlatformError(
      'request_too_large',
      `What is kept is at most ${OUTBOX_BOUNDS.textLength} characters long.`,
    );
}

export const atMost = (wanted: number, most: number): number => Math.max(1, Math.min(most, Math.trunc(wanted)));
