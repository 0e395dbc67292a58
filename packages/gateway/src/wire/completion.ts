import { PlatformError, type Annotation, type ChatCompletion } from '@plinth/contracts';
import type { ChatRun } from '../chat/events.ts';

/** Reads a run to its end and gives the one answer of a request that does not stream. Throws what the run failed with. */
export async function toChatCompletion(run: ChatRun): Promise<ChatCompletion> {
  let content = '';
  const annotations: Annotation[] = [];
  const calls: NonNullable<ChatCompletion['choices'][number]['message']['tool_calls']> = [];
  for await (const event of run.events) {
    if (event.type === 'text') content += event.text;
    else if (event.type === 'citation') annotations.push({ type: 'url_citation', url_citation: event.citation });
    else if (event.type === 'tool-call')
      calls.push({ id: event.id, type: 'function', function: { name: event.name, arguments: event.arguments } });
    else if (event.type === 'error') throw event.error;
    else {
      const message = {
        role: 'assistant' as const,
        content: content === '' && calls.length > 0 ? null : content,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
        ...(annotations.length > 0 ? { annotations } : {}),
      };
      return {
        id: run.id,
        object: 'chat.completion',
        created: run.created,
        model: run.model,
        choices: [{ index: 0, message, finish_reason: event.reason, logprobs: null }],
        usage: event.usage,
        plinth: event.extension,
      };
    }
  }
  throw new PlatformError('internal', 'The answer ended without an end.');
}
