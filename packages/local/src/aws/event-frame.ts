import { EventStreamCodec } from '@smithy/core/event-streams';

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const codec = new EventStreamCodec(
  (bytes) => decoder.decode(bytes),
  (text) => encoder.encode(text),
);

/**
 * One message of AWS's event-stream framing: lengths, headers, payload, a CRC-32 of the prelude and one of the whole message. A payload of
 * bytes goes as it is, any other as JSON.
 */
export function eventFrame(
  kind: 'event' | 'exception',
  type: string,
  payload: Uint8Array | Record<string, unknown>,
): Uint8Array {
  const isBytes = payload instanceof Uint8Array;
  return codec.encode({
    headers: {
      [`:${kind}-type`]: { type: 'string', value: type },
      ':content-type': { type: 'string', value: isBytes ? 'application/octet-stream' : 'application/json' },
      ':message-type': { type: 'string', value: kind },
    },
    body: isBytes ? payload : encoder.encode(JSON.stringify(payload)),
  });
}
