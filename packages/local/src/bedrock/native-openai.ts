import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { LocalChatRequest, toGeneration } from '../openai/request.ts';
import { check } from '../http/read-json.ts';
import type { NativeBody } from './native-body.ts';
import type { AnswerEnd } from './answer.ts';

/** OpenAI's body, as Bedrock takes it for open-weight OpenAI models: a chat completion request whose `model` may be left out. */
export const openAIBody: NativeBody = {
  field: 'messages',
  read(body) {
    const request = check(LocalChatRequest.extend({ model: z._default(LocalChatRequest.shape.model, 'local') }), body);
    const { prompt, ...generation } = toGeneration(request);
    const identity = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1_000), model: request.model };
    const finish = ({ stopReason }: AnswerEnd) => FINISH_REASONS[stopReason];
    const usage = ({ usage: { promptTokens, completionTokens } }: AnswerEnd) => ({
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    });
    const chunk = (delta: Record<string, unknown>, finishReason: string | null) => ({
      ...identity,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
    return {
      prompt:
        prompt.kind === 'text'
          ? prompt
          : { kind: 'chat', turns: prompt.turns.map(({ role, text }) => ({ role, parts: [{ text, marked: false }] })) },
      generation: { ...generation, onOverflow: 'clamp' },
      whole: (content, end) => ({
        ...identity,
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish(end) }],
        usage: usage(end),
      }),
      piece: (content) => chunk({ content }, null),
      last: (end) => ({ ...chunk({}, finish(end)), usage: usage(end) }),
    };
  },
};

const FINISH_REASONS = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  guardrail_intervened: 'content_filter',
} as const;
