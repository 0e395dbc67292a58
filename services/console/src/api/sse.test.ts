import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, readServerSentEvents } from './sse.ts';
import type { ServerSentEvent } from './sse.ts';

function parse(...frames: string[]): ServerSentEvent[] {
  const parser = createSseParser();
  return frames.flatMap((frame) => parser.push(frame));
}

function bodyOf(bytes: Uint8Array, cuts: readonly number[] = []): ReadableStream<Uint8Array> {
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return new ReadableStream({
    start(controller) {
      for (let index = 1; index < edges.length; index += 1) {
        controller.enqueue(bytes.slice(edges[index - 1], edges[index]));
      }
      controller.close();
    },
  });
}

async function collect(body: ReadableStream<Uint8Array>): Promise<string[]> {
  const data: string[] = [];
  for await (const event of readServerSentEvents(body)) data.push(event.data);
  return data;
}

describe('the event-stream parser', () => {
  it('reads events that end with LF, CRLF or CR', () => {
    const expected = [
      { event: 'message', data: 'one' },
      { event: 'message', data: 'two' },
    ];
    expect(parse('data: one\n\ndata: two\n\n')).toEqual(expected);
    expect(parse('data: one\r\n\r\ndata: two\r\n\r\n')).toEqual(expected);
    expect(parse('data: one\r\rdata: two\r\r')).toEqual(expected);
  });

  it('does not see an extra blank line in a CRLF cut in two', () => {
    expect(parse('data: a\r', '\ndata: b\r', '\n\r', '\n')).toEqual([{ event: 'message', data: 'a\nb' }]);
  });

  it('joins several data lines, keeps the event name and drops one leading space only', () => {
    expect(parse('event: error\ndata:  a\ndata:b\n\n')).toEqual([{ event: 'error', data: ' a\nb' }]);
  });

  it('passes over comments, unknown fields, a byte order mark and events without data', () => {
    expect(parse('\uFEFF: ping\n\nid: 4\nretry: 10\n\nevent: x\n\ndata\n\n')).toEqual([{ event: 'message', data: '' }]);
  });

  it('drops an event that the sender never finished', () => {
    expect(parse('data: whole\n\ndata: half\n')).toEqual([{ event: 'message', data: 'whole' }]);
  });

  it('refuses an event that never ends', () => {
    const parser = createSseParser(100);
    expect(() => {
      for (let count = 0; count < 20; count += 1) parser.push('data: 0123456789');
    }).toThrow(RangeError);
    const lines = createSseParser(100);
    expect(() => {
      for (let count = 0; count < 20; count += 1) lines.push('data: 0123456789\n');
    }).toThrow(RangeError);
  });

  it('gives the same events however the text is cut', () => {
    const event = fc.record({
      lines: fc.array(fc.stringMatching(/^[^\r\n\uFEFF]{0,12}$/), { minLength: 1, maxLength: 3 }),
      end: fc.constantFrom('\n', '\r\n', '\r'),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), fc.array(fc.nat()), (events, cuts) => {
        const text = events.map(({ lines, end }) => lines.map((line) => `data: ${line}${end}`).join('') + end).join('');
        const edges = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
        const frames = edges.slice(1).map((edge, index) => text.slice(edges[index], edge));
        expect(parse(...frames)).toEqual(events.map(({ lines }) => ({ event: 'message', data: lines.join('\n') })));
      }),
    );
  });
});

describe('reading a response body', () => {
  it('puts characters together again wherever the bytes were cut', async () => {
    const text = 'naïve 日本語 👩🏽‍🚀 — ok';
    const bytes = new TextEncoder().encode(`data: ${text}\r\n\r\ndata: [DONE]\r\n\r\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (cuts) => {
        expect(await collect(bodyOf(bytes, cuts))).toEqual([text, '[DONE]']);
      }),
    );
    const everyByte = Array.from(bytes, (_, index) => index);
    expect(await collect(bodyOf(bytes, everyByte))).toEqual([text, '[DONE]']);
  });

  it('ends quietly on an empty body', async () => {
    expect(await collect(bodyOf(new Uint8Array()))).toEqual([]);
  });

  it('cancels the body when the reader leaves early', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('data: x\n\n'));
      },
      cancel() {
        cancelled = true;
      },
    });
    for await (const event of readServerSentEvents(body)) {
      expect(event.data).toBe('x');
      break;
    }
    expect(cancelled).toBe(true);
  });

  it('passes on what broke the connection', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError('network error'));
      },
    });
    await expect(collect(body)).rejects.toThrow('network error');
  });
});
