import { PlatformError } from '@plinth/contracts';
import type { ChatMessage } from '@plinth/contracts';

export const CONVERSATION_BOUNDS = {
  idLength: 64,
  /** JSON bytes of all messages together. */
  bytes: 400 * 1024,
  listed: 100,
  titleLength: 200,
} as const;

/** The id goes into keys and comes from callers. */
export function checkConversationId(id: string): void {
  if (id.length === 0 || id.length > CONVERSATION_BOUNDS.idLength)
    throw new PlatformError(
      'invalid_request',
      `A conversation id has 1 to ${CONVERSATION_BOUNDS.idLength} characters.`,
      { param: 'conversation' },
    );
}

export interface SerializedTurn {
  readonly json: string;
  readonly bytes: number;
}

export function serializeTurn(messages: readonly ChatMessage[]): SerializedTurn {
  const json = JSON.stringify(messages);
  const bytes = Buffer.byteLength(json);
  if (bytes > CONVERSATION_BOUNDS.bytes) throw conversationFull();
  return { json, bytes };
}

export const conversationFull = (): PlatformError =>
  new PlatformError(
    'request_too_large',
    `A kept conversation holds at most ${CONVERSATION_BOUNDS.bytes / 1024} KB. Start a new one, or send images by reference.`,
    { param: 'messages' },
  );

/** How many summaries one call may list. */
export const listLimit = (wanted: number | undefined): number =>
  Math.max(1, Math.min(CONVERSATION_BOUNDS.listed, Math.trunc(wanted ?? CONVERSATION_BOUNDS.listed)));
