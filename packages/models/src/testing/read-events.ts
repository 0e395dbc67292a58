import type { ModelClient, ModelEvent, ModelRequest } from '../model-client.ts';

/** A short request, changed as a test needs it. */
export function requestOf(changes: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: [{ role: 'user', content: 'Say something.' }], maxTokens: 64, stream: true, ...changes };
}

export async function readAll(
  client: ModelClient,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request, { signal })) events.push(event);
  return events;
}

export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
}

/** The code of the error a stream ended with, or the type of its last event. */
export function outcomeOf(events: readonly ModelEvent[]): string {
  const last = events.at(-1);
  return last?.type === 'error' ? last.error.code : (last?.type ?? 'nothing');
}
