import { EventStreamCodec } from '@smithy/core/event-streams';
import { PlatformError } from '@plinth/contracts';
import { toStreamFault } from './errors.ts';

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream';

export interface StreamEvent {
  type: string;
  payload: Record<string, unknown>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const codec = new EventStreamCodec(
  (bytes) => decoder.decode(bytes),
  (text) => encoder.encode(text),
);

/**
 * Frames events as AWS does: lengths, headers, payload, a CRC-32 of the prelude and one of the whole message. What the source throws
 * becomes a last frame, an exception event, and the stream ends.
 */
export async function* encodeEvents(events: AsyncIterable<StreamEvent>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const { type, payload } of events) yield frame('event', type, payload);
  } catch (error) {
    const { type, body } = toStreamFault(PlatformError.from(error));
    yield frame('exception', type, body);
  }
}

function frame(kind: 'event' | 'exception', type: string, payload: Record<string, unknown>): Uint8Array {
  return codec.encode({
    headers: {
      [`:${kind}-type`]: { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: kind },
    },
    body: encoder.encode(JSON.stringify(payload)),
  });
}
