import { afterEach, describe, expect, it, vi } from 'vitest';
import { errorResponse, fakeEndpoint, fedStream, lastChunk, sse, textChunk } from '../testing/fake-endpoint.ts';
import type { Sent } from '../testing/fake-endpoint.ts';
import { SILENCE_LIMIT_MS, streamChat } from './chat-stream.ts';
import type { ChatStreamEvent } from './chat-stream.ts';
import { ApiError } from './problem.ts';

const REQUEST = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

async function collect(answer: (sent: Sent) => Response | Promise<Response>, signal = new AbortController().signal) {
  const { endpoint, sent } = fakeEndpoint(answer);
  const events: ChatStreamEvent[] = [];
  let problem: string | undefined;
  try {
    for await (const event of streamChat(endpoint, 'key-1', REQUEST, signal)) events.push(event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    problem = error.problem.code;
  }
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  return { events, text, problem, sent };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('streaming an answer', () => {
  it('gives the text as it comes and then one end with usage, guard and conversation', async () => {
    const guard = [{ stage: 'input', action: 'redacted', detector: 'email', count: 1 }];
    const { events, text, sent } = await collect(() =>
      sse(
        textChunk('Hel'),
        textChunk('lo'),
        lastChunk({ guard, truncated_messages: 2, conversation_id: 'c-1' }),
        '[DONE]',
      ),
    );
    expect(text).toBe('Hello');
    expect(events.at(-1)).toEqual({
      type: 'end',
      report: {
        finishReason: 'stop',
        usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, cost_usd: 0.002 },
        guard,
        truncatedMessages: 2,
        conversationId: 'c-1',
      },
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      key: 'Bearer key-1',
      body: { ...REQUEST, stream: true, stream_options: { include_usage: true } },
    });
  });

  it('takes usage that comes in a chunk of its own, and an end without [DONE]', async () => {
    const { events, problem } = await collect(() =>
      sse(
        { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }], usage: null },
        { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } },
      ),
    );
    expect(problem).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ report: { usage: { total_tokens: 4 } } });
  });

  it('leaves out what is malformed in the extension and keeps the rest', async () => {
    const { events } = await collect(() =>
      sse(
        lastChunk({
          guard: [null, { detector: 4 }, { detector: 'x', stage: 'odd', action: 'odd', count: 'many' }],
          truncated_messages: -4,
        }),
        '[DONE]',
      ),
    );
    expect(events.at(-1)).toMatchObject({
      report: { guard: [{ stage: 'input', action: 'redacted', detector: 'x', count: 0 }], truncatedMessages: 0 },
    });
  });

  it('calls an answer cut off before its end interrupted, and keeps what came', async () => {
    const { text, problem } = await collect(() => sse(textChunk('half')));
    expect(text).toBe('half');
    expect(problem).toBe('interrupted');
    const broken = await collect(() => {
      const stream = fedStream();
      stream.send(textChunk('half'));
      queueMicrotask(() => stream.fail(new TypeError('network error')));
      return stream.response;
    });
    expect(broken.problem).toBe('interrupted');
  });

  it('throws an error event inside the stream as the platform’s problem', async () => {
    const { text, problem } = await collect(() =>
      sse(textChunk('half'), { error: { message: 'x', code: 'upstream_failed', retryable: true } }, '[DONE]'),
    );
    expect([text, problem]).toEqual(['half', 'upstream_failed']);
  });

  it.each([
    ['a refusal', () => errorResponse(429, 'rate_limit_exceeded', { 'retry-after': '3' }), 'rate_limit_exceeded'],
    ['no connection', () => Promise.reject(new TypeError('Failed to fetch')), 'unreachable'],
    [
      'a page in place of a stream',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'unreadable',
    ],
    ['damaged JSON', () => sse('{"choices":['), 'unreadable'],
    ['JSON that is no chunk', () => sse('[1]'), 'unreadable'],
    ['an event without end', () => sse('x'.repeat(1_100_000)), 'unreadable'],
  ])('puts %s into words', async (_, answer, code) => {
    expect((await collect(answer)).problem).toBe(code);
  });

  it('passes a stop on to the connection and throws its reason', async () => {
    const controller = new AbortController();
    const { endpoint, sent } = fakeEndpoint(({ signal }) => {
      const stream = fedStream(signal);
      stream.send(textChunk('a'));
      return stream.response;
    });
    const events = streamChat(endpoint, 'k', REQUEST, controller.signal);
    expect(await events.next()).toEqual({ done: false, value: { type: 'delta', text: 'a' } });
    controller.abort();
    await expect(events.next()).rejects.toBe(controller.signal.reason);
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('gives up after a minute of silence, counted from the last thing that came', async () => {
    vi.useFakeTimers();
    const stream: { current?: ReturnType<typeof fedStream> } = {};
    const result = collect(({ signal }) => {
      stream.current = fedStream(signal);
      return stream.current.response;
    });
    await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1);
    stream.current?.send(textChunk('late'));
    await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1);
    stream.current?.send(textChunk('r'));
    await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS + 1);
    expect(await result).toMatchObject({ text: 'later', problem: 'silent' });
  });
});
