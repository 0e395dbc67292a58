import * as z from 'zod';
import { ChatCompletionRequest, PlatformError, type ChatMessage } from '@plinth/contracts';
import type { ChatTurn, GenerationRequest, OutputFormat } from '../engine/engine.ts';

/** OpenAI's request with the sampling fields vLLM adds to it. */
export const LocalChatRequest = z.object({
  ...ChatCompletionRequest.shape,
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  ignore_eos: z.boolean().nullish(),
  priority: z.int().nullish(),
  logprobs: z.literal(false, 'logprobs are not served by this model; leave them out.').nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
});
export type LocalChatRequest = z.infer<typeof LocalChatRequest>;

/** The engine's request for OpenAI's. What this model cannot do is refused in words. */
export function toGeneration(request: LocalChatRequest): GenerationRequest {
  if (request.tools?.length && request.tool_choice !== 'none') throw unsupported('tools', 'Tools are');
  if (request.logit_bias && Object.keys(request.logit_bias).length > 0)
    throw unsupported('logit_bias', 'logit_bias is');
  return {
    prompt: { kind: 'chat', turns: toTurns(request.messages) },
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    stop: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []),
    sampling: {
      temperature: request.temperature ?? undefined,
      topP: request.top_p ?? undefined,
      // vLLM writes "no limit" as -1, llama.cpp as 0.
      topK: request.top_k === -1 ? 0 : (request.top_k ?? undefined),
      minP: request.min_p ?? undefined,
      seed: request.seed ?? undefined,
      repetitionPenalty: request.repetition_penalty ?? undefined,
      frequencyPenalty: request.frequency_penalty ?? undefined,
      presencePenalty: request.presence_penalty ?? undefined,
    },
    format: toFormat(request.response_format),
    priority: request.priority ?? 0,
    ignoreEndOfTurn: request.ignore_eos ?? false,
  };
}

export function toTurns(messages: readonly ChatMessage[]): ChatTurn[] {
  return messages.map((message, index): ChatTurn => {
    if (message.role === 'tool' || (message.role === 'assistant' && message.tool_calls?.length)) {
      throw unsupported(`messages.${index}`, 'Tool calls and their results are');
    }
    const role = message.role === 'developer' ? 'system' : message.role;
    return { role, text: toText(message.content ?? '', `messages.${index}.content`) };
  });
}

function toText(content: NonNullable<ChatMessage['content']>, param: string): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type !== 'text') throw unsupported(param, 'Images are');
      return part.text;
    })
    .join('');
}

function toFormat(format: LocalChatRequest['response_format']): OutputFormat | undefined {
  if (format?.type === 'json_object') return { type: 'json_object' };
  if (format?.type !== 'json_schema') return undefined;
  const { schema } = format.json_schema;
  return schema ? { type: 'json_schema', schema } : { type: 'json_object' };
}

function unsupported(param: string, what: string): PlatformError {
  return new PlatformError(
    'unsupported_feature',
    `${what} not supported by this local model; send text only, or use another model.`,
    { param },
  );
}
