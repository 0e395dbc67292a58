import { toOpenAIError, type Annotation, type ChatCompletionChunk } from '@plinth/contracts';
import type { ChatEvent, ChatRun } from '../chat/events.ts';

/**
 * Writes an answer as OpenAI streams it: `data:` frames of chat.completion.chunk, then `data: [DONE]`. What does not change between
 * frames is written once.
 */
export class SseEncoder {
  readonly #run: ChatRun;
  readonly #head: string;

  constructor(run: ChatRun) {
    this.#run = run;
    this.#head = `data: {"id":${JSON.stringify(run.id)},"object":"chat.completion.chunk","created":${run.created},"model":${JSON.stringify(run.model)},"choices":[{"index":0,"delta":`;
  }

  /** The first frame, which says who is speaking. */
  start(): string {
    return `${this.#head}{"role":"assistant","content":""},"finish_reason":null}]}\n\n`;
  }

  encode(event: ChatEvent): string {
    switch (event.type) {
      case 'text':
        return `${this.#head}{"content":${JSON.stringify(event.text)}},"finish_reason":null}]}\n\n`;
      case 'tool-call': {
        const call = {
          index: event.index,
          id: event.id,
          type: 'function',
          function: { name: event.name, arguments: event.arguments },
        };
        return `${this.#head}{"tool_calls":[${JSON.stringify(call)}]},"finish_reason":null}]}\n\n`;
      }
      case 'citation': {
        const annotation: Annotation = { type: 'url_citation', url_citation: event.citation };
        return `${this.#head}{"annotations":[${JSON.stringify(annotation)}]},"finish_reason":null}]}\n\n`;
      }
      case 'end':
        return this.#end(event);
      case 'error':
        return `data: ${JSON.stringify(toOpenAIError(event.error, this.#run.requestId))}\n\ndata: [DONE]\n\n`;
    }
  }

  #end(event: Extract<ChatEvent, { type: 'end' }>): string {
    const base = {
      id: this.#run.id,
      object: 'chat.completion.chunk' as const,
      created: this.#run.created,
      model: this.#run.model,
    };
    const finish: ChatCompletionChunk = {
      ...base,
      choices: [{ index: 0, delta: {}, finish_reason: event.reason }],
      plinth: event.extension,
    };
    const usage: ChatCompletionChunk = { ...base, choices: [], usage: event.usage };
    const frames = this.#run.includeUsage ? [finish, usage] : [finish];
    return `${frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('')}data: [DONE]\n\n`;
  }
}
