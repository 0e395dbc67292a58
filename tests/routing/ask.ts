import type { ChatCompletionChunk, OpenAIErrorBody } from '@plinth/contracts';

export interface Answer {
  readonly status: number;
  readonly requestId: string;
  readonly text: string;
  /** The code of what it failed with, before its first token or after. */
  readonly error: string | undefined;
  /** From the call to the first text, milliseconds; absent where there was none. */
  readonly ttftMs: number | undefined;
}

export interface Asked {
  /** Resolves with the first text, or when there will be none. */
  readonly begun: Promise<void>;
  readonly done: Promise<Answer>;
  leave(): void;
}

/** Streams one answer as a client does, and measures when it begins. */
export function ask(url: string, key: string, fields: object): Asked {
  const controller = new AbortController();
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const done = read(url, key, fields, controller.signal, begin).finally(begin);
  return { begun, done, leave: () => controller.abort() };
}

async function read(url: string, key: string, fields: object, signal: AbortSignal, begin: () => void): Promise<Answer> {
  const from = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    signal,
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'hybrid', stream: true, messages: [{ role: 'user', content: 'Hi' }], ...fields }),
  });
  const head = { status: response.status, requestId: response.headers.get('x-request-id') ?? '' };
  if (!response.ok) {
    const { error } = (await response.json()) as OpenAIErrorBody;
    return { ...head, text: '', error: String(error.code), ttftMs: undefined };
  }
  let [text, rest] = ['', ''];
  let [error, ttftMs]: [string | undefined, number | undefined] = [undefined, undefined];
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    const frames = (rest + decoder.decode(next.value, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      if (frame === 'data: [DONE]') continue;
      const said = JSON.parse(frame.slice('data: '.length)) as Partial<ChatCompletionChunk & OpenAIErrorBody>;
      if (said.error !== undefined) error = String(said.error.code);
      const piece = said.choices?.[0]?.delta.content ?? '';
      if (piece === '') continue;
      text += piece;
      ttftMs ??= performance.now() - from;
      begin();
    }
  }
  return { ...head, text, error, ttftMs };
}

/** @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
