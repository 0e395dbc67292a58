import type { ServerResponse } from 'node:http';
import type { ChatCompletionRequest } from '@plinth/contracts';

/** One scripted chat request, as the page sent it. */
export interface Asked {
  request: ChatCompletionRequest;
  response: ServerResponse;
  /** Aborted when the page leaves. */
  left: AbortSignal;
  conversationId: string | undefined;
}

const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'scripted-small' };

function send(response: ServerResponse, value: unknown): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`);
}

function open(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  send(response, { ...HEAD, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] });
}

function text(response: ServerResponse, content: string): void {
  send(response, { ...HEAD, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

interface Ending {
  tokens?: number;
  reason?: string;
  guard?: unknown[];
  truncated?: number;
}

function end(
  { response, conversationId }: Asked,
  { tokens = 10, reason = 'stop', guard = [], truncated = 0 }: Ending = {},
): void {
  send(response, {
    ...HEAD,
    choices: [{ index: 0, delta: {}, finish_reason: reason }],
    usage: { prompt_tokens: 12, completion_tokens: tokens, total_tokens: 12 + tokens, cost_usd: 0.0000234 },
    plinth: {
      guard,
      truncated_messages: truncated,
      ...(conversationId === undefined ? {} : { conversation_id: conversationId }),
    },
  });
  response.end('data: [DONE]\n\n');
}

/** Waits, or less when the page leaves. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}

/** Streams `content` in pieces of `size` characters, one every `every` milliseconds. */
async function pace({ response, left }: Asked, content: string, size: number, every: number): Promise<void> {
  for (let start = 0; start < content.length && !left.aborted; start += size) {
    text(response, content.slice(start, start + size));
    await pause(every, left);
  }
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(
    JSON.stringify({
      error: { message, type: 'error', param: null, code, retryable: status >= 429, request_id: 'req-7f3a' },
    }),
  );
}

export const RICH_ANSWER = [
  'A **reservation** holds the worst case of a request before the model is called, so that a budget is never overspent:',
  '',
  '1. Count the prompt, and add the longest answer allowed.',
  '2. Reserve that amount in one conditional update.',
  '3. Settle what was really used, also when the client has left.',
  '',
  '```ts',
  'const hold = await admission.reserve({ tenant, tokens: prompt + maxTokens });',
  'try {',
  '  for await (const event of model.stream(request, { signal })) yield event;',
  '} finally {',
  '  await hold.settle(usage);',
  '}',
  '```',
  '',
  'If the process dies in between, the hold expires by itself and `settle` is never needed.',
].join('\n');

/** A question's first word picks the script; any other question is answered with an echo. */
export const SCRIPTS: Readonly<Record<string, (asked: Asked) => void | Promise<void>>> = {
  async echo(asked) {
    open(asked.response);
    const last = asked.request.messages.at(-1);
    await pace(asked, `You said: ${String(last?.content)} — 日本語 👩🏽‍🚀`, 5, 2);
    end(asked);
  },
  async What(asked) {
    await pause(180, asked.left);
    open(asked.response);
    await pace(asked, RICH_ANSWER, 12, 40);
    end(asked, {
      tokens: 164,
      guard: [{ stage: 'input', action: 'redacted', detector: 'email', count: 2 }],
    });
  },
  /** Never ends by itself. */
  async slow(asked) {
    open(asked.response);
    for (let count = 1; !asked.left.aborted; count += 1) {
      text(asked.response, count % 12 === 0 ? `word${count}.\n\n` : `word${count} `);
      await pause(15, asked.left);
    }
  },
  async wait(asked) {
    asked.response.flushHeaders();
    await pause(30_000, asked.left);
  },
  markdown(asked) {
    open(asked.response);
    const last = asked.request.messages.at(-1);
    text(asked.response, String(last?.content).replace(/^markdown\s/, ''));
    end(asked);
  },
  /** Two thousand chunks as fast as they go, 80 kB in all. */
  async flood(asked) {
    open(asked.response);
    for (let count = 0; count < 2_000 && !asked.left.aborted; count += 1) {
      text(asked.response, `chunk ${count} with a few **more** words${count % 10 === 9 ? '.\n\n' : ' '}`);
      if (count % 20 === 0) await pause(1, asked.left);
    }
    end(asked, { tokens: 20_000 });
  },
  guarded(asked) {
    open(asked.response);
    text(asked.response, 'Write to [EMAIL] about it.');
    end(asked, {
      guard: [
        { stage: 'input', action: 'redacted', detector: 'credit-card', count: 1 },
        { stage: 'output', action: 'redacted', detector: 'email', count: 2 },
      ],
      truncated: 3,
    });
  },
  cut(asked) {
    open(asked.response);
    text(asked.response, 'The first half and then');
    // Time to read: a browser drops what it has not read of a body that breaks.
    setTimeout(() => asked.response.destroy(), 500);
  },
  broken(asked) {
    open(asked.response);
    text(asked.response, 'The first half.');
    send(asked.response, {
      error: {
        message: 'The model stopped answering.',
        type: 'api_error',
        param: null,
        code: 'upstream_failed',
        retryable: true,
        request_id: 'req-51',
      },
    });
    asked.response.end('data: [DONE]\n\n');
  },
  long(asked) {
    open(asked.response);
    text(asked.response, 'An answer that');
    end(asked, { reason: 'length' });
  },
  blocked: ({ response }) =>
    refuse(response, 400, 'content_blocked', 'The request was blocked by the content policy (secret:aws-access-key).'),
  revoked: ({ response }) => refuse(response, 401, 'invalid_api_key', 'The API key is not known.'),
  busy: ({ response }) => refuse(response, 503, 'overloaded', 'All 4 sequences are taken and the queue is full.'),
  gateway: ({ response }) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end('<html>Bad gateway</html>');
  },
  page: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>A captive portal</html>');
  },
};
