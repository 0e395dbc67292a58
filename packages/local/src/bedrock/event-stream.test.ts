import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { encodeEvents, type StreamEvent } from './event-stream.ts';

/** The SDK's own decoder. */
const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes),
  (text) => new TextEncoder().encode(text),
);

const event = fc.record({
  type: fc.stringMatching(/^[a-zA-Z]{1,30}$/),
  payload: fc.dictionary(fc.string(), fc.jsonValue()),
});

async function* from(events: readonly StreamEvent[], failure?: PlatformError) {
  for (const item of events) yield item;
  if (failure) throw failure;
}

async function frames(events: readonly StreamEvent[], failure?: PlatformError): Promise<Uint8Array[]> {
  const result: Uint8Array[] = [];
  for await (const bytes of encodeEvents(from(events as StreamEvent[], failure))) result.push(bytes);
  return result;
}

describe('encodeEvents', () => {
  it('makes frames that the decoder of the SDK reads back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 5 }), async (events) => {
        const sent = events as StreamEvent[];
        const decoded = (await frames(sent)).map((bytes) => codec.decode(bytes));
        expect(decoded.map(({ headers }) => headers[':event-type']?.value)).toEqual(sent.map(({ type }) => type));
        const bodies = decoded.map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as unknown);
        expect(bodies).toEqual(JSON.parse(JSON.stringify(sent.map(({ payload }) => payload))));
      }),
    );
  });

  it('makes frames that do not survive a flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(event, fc.nat(), fc.integer({ min: 0, max: 7 }), async (sent, at, bit) => {
        const [bytes = new Uint8Array()] = await frames([sent as StreamEvent]);
        const damaged = Uint8Array.from(bytes);
        const index = at % damaged.length;
        damaged[index] = (damaged[index] ?? 0) ^ (1 << bit);
        expect(() => codec.decode(damaged)).toThrow();
      }),
    );
  });

  it('ends with an exception event when the source fails', async () => {
    const failure = new PlatformError('upstream_failed', 'It broke.');
    const last = codec.decode((await frames([{ type: 'a', payload: {} }], failure)).at(-1) ?? new Uint8Array());
    expect(last.headers[':message-type']?.value).toBe('exception');
    expect(last.headers[':exception-type']?.value).toBe('modelStreamErrorException');
    expect(JSON.parse(new TextDecoder().decode(last.body))).toMatchObject({ message: 'It broke.' });
  });
});
