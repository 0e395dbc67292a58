import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { WireAnswer } from './wire-server.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** One message of AWS's event-stream framing, CRCs included. A payload of bytes goes as it is, any other as JSON. */
export function eventMessage(kind: 'event' | 'exception', name: string, payload: unknown): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: kind },
      [kind === 'event' ? ':event-type' : ':exception-type']: { type: 'string', value: name },
      ':content-type': {
        type: 'string',
        value: payload instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
      },
    },
    body: payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload)),
  });
}

export function eventStreamAnswer(chunks: Iterable<Uint8Array>, ending: WireAnswer['ending']): WireAnswer {
  return { status: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' }, chunks, ending };
}

/** An error as Bedrock's REST endpoints send it. */
export function bedrockError(
  status: number,
  name: string,
  message: string,
  headers: Record<string, string> = {},
): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': `${name}:http://internal`, ...headers },
    chunks: [Buffer.from(JSON.stringify({ message }))],
  };
}
