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

/** The same with text that follows text made one: what came in one read may be handed over as one piece. */
export function withTextJoined(events: readonly ModelEvent[]): ModelEvent[] {
  const joined: ModelEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { type: 'text', text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}

/** The code of the error a stream ended with, or the type of its last event. */
export function outcomeOf(events: readonly ModelEvent[]): string {
  const last = events.at(-1);
  return last?.type === 'error' ? last.error.code : (last?.type ?? 'nothing');
}
