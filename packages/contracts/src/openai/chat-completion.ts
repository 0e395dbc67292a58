import * as z from '../zod.ts';
import { ChatToolCall } from './chat-request.ts';

export const ChatUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.optional(z.object({ cached_tokens: z.int() })),
  /** Ours: what the answer cost, in US dollars at the catalog's prices. */
  cost_usd: z.optional(z.number()),
});
export type ChatUsage = z.infer<typeof ChatUsage>;

export const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);
export type FinishReason = z.infer<typeof FinishReason>;

/** What the guard did to a request, ours: on the answer, and on the last chunk of a stream. Detector names only, never the matched text. */
export const GuardSummary = z.object({
  stage: z.enum(['input', 'output']),
  action: z.enum(['redacted', 'blocked']),
  detector: z.string(),
  count: z.int(),
});
export type GuardSummary = z.infer<typeof GuardSummary>;

const PlinthExtension = z.object({
  guard: z.array(GuardSummary),
  /** Turns left out because the prompt was over the model's context policy. */
  truncated_messages: z.int(),
  conversation_id: z.optional(z.string()),
});
export type PlinthExtension = z.infer<typeof PlinthExtension>;

export const ChatCompletion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.nullable(z.string()),
        tool_calls: z.optional(z.array(ChatToolCall)),
      }),
      finish_reason: FinishReason,
      logprobs: z.null(),
    }),
  ),
  usage: ChatUsage,
  plinth: z.optional(PlinthExtension),
});
export type ChatCompletion = z.infer<typeof ChatCompletion>;

export const ChatCompletionChunk = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({
        role: z.optional(z.literal('assistant')),
        content: z.optional(z.string()),
        tool_calls: z.optional(
          z.array(
            z.object({
              index: z.int(),
              id: z.optional(z.string()),
              type: z.optional(z.literal('function')),
              function: z.object({ name: z.optional(z.string()), arguments: z.optional(z.string()) }),
            }),
          ),
        ),
      }),
      finish_reason: z.nullable(FinishReason),
    }),
  ),
  usage: z.nullish(ChatUsage),
  plinth: z.optional(PlinthExtension),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
