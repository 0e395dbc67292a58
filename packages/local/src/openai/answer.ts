import type { ChatCompletion, ChatCompletionChunk } from '@plinth/contracts';
import type { EndReason, EngineEvent, Usage } from '../engine/engine.ts';

/** What stays the same over all pieces of one answer. */
export interface AnswerIdentity {
  id: string;
  /** Unix seconds. */
  created: number;
  model: string;
}

const FINISH_REASONS = { stop: 'stop', stop_sequence: 'stop', length: 'length' } as const satisfies Record<
  EndReason,
  string
>;

/** Reads a whole answer and writes it as `chat.completion`. */
export async function toCompletion(
  identity: AnswerIdentity,
  events: AsyncIterable<EngineEvent>,
): Promise<ChatCompletion> {
  let content = '';
  for await (const event of events) {
    if (event.type === 'text') content += event.text;
    if (event.type !== 'end') continue;
    return {
      ...identity,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content },
          finish_reason: FINISH_REASONS[event.reason],
          logprobs: null,
        },
      ],
      usage: toUsage(event.usage),
    };
  }
  throw new Error('the engine ended without an end event');
}

/** Writes an answer as `chat.completion.chunk`s, the way OpenAI streams them: role first, text, finish reason, then usage if asked. */
export async function* toChunks(
  identity: AnswerIdentity,
  events: AsyncIterable<EngineEvent>,
  { includeUsage }: { includeUsage: boolean },
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const usageField = includeUsage ? { usage: null } : {};
  const chunk = (delta: ChatCompletionChunk['choices'][0]['delta'], finish: 'stop' | 'length' | null = null) => ({
    ...identity,
    object: 'chat.completion.chunk' as const,
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...usageField,
  });
  for await (const event of events) {
    if (event.type === 'start') yield chunk({ role: 'assistant', content: '' });
    else if (event.type === 'text') yield chunk({ content: event.text });
    else {
      yield chunk({}, FINISH_REASONS[event.reason]);
      if (includeUsage) {
        yield { ...identity, object: 'chat.completion.chunk', choices: [], usage: toUsage(event.usage) };
      }
    }
  }
}

function toUsage({ promptTokens, completionTokens }: Usage): ChatCompletion['usage'] {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
