import type { Endpoint } from '../api/endpoint.ts';

export interface Sent {
  method: string;
  path: string;
  key: string;
  headers: Headers;
  body: unknown;
  signal: AbortSignal;
}

/** An endpoint that answers from a function and remembers what was asked. Its clock stands at 1,000 until a test moves it. */
export function fakeEndpoint(answer: (sent: Sent) => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const clock = { time: 1_000 };
  const endpoint: Endpoint = {
    baseUrl: 'http://platform.test',
    now: () => clock.time,
    fetch: async (input, init = {}) => {
      const request: Sent = {
        method: init.method ?? 'GET',
        path: String(input).replace('http://platform.test', ''),
        key: new Headers(init.headers).get('authorization') ?? '',
        headers: new Headers(init.headers),
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
        signal: init.signal ?? new AbortController().signal,
      };
      sent.push(request);
      return answer(request);
    },
  };
  return { endpoint, sent, clock };
}

/** A stream that a test feeds piece by piece. */
export function fedStream(signal?: AbortSignal) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  signal?.addEventListener('abort', () => controller?.error(signal.reason));
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }),
    send: (value: unknown) => controller?.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`)),
    done: () => {
      controller?.enqueue(encoder.encode('data: [DONE]\n\n'));
      controller?.close();
    },
    close: () => controller?.close(),
    fail: (error: Error) => controller?.error(error),
  };
}

export function sse(...values: unknown[]): Response {
  const text = values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('');
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}

export const textChunk = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });

export const lastChunk = (plinth: object = {}) => ({
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, cost_usd: 0.002 },
  plinth: { guard: [], truncated_messages: 0, ...plinth },
});

export function errorResponse(status: number, code: string, headers: Record<string, string> = {}): Response {
  const error = {
    message: `Said by the platform: ${code}.`,
    type: 'x',
    param: null,
    code,
    retryable: status >= 429,
    request_id: 'r-1',
  };
  return new Response(JSON.stringify({ error }), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
