import { GroundingExtension } from '../rag/grounding-extension.ts';
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

/**
 * A source that bears out a part of the answer, in OpenAI's shape with fields of ours. All offsets are UTF-16 code units: `start_index` and
 * `end_index` into the answer's text, `start` and `end` into the canonical text of the document's version.
 */
export const UrlCitation = z.object({
  url: z.string(),
  title: z.string(),
  start_index: z.int(),
  end_index: z.int(),
  document_id: z.string(),
  version: z.int(),
  passage_id: z.string(),
  page: z.optional(z.int()),
  /** Exactly the document's text from `start` to `end`; empty where the policy holds a part of it back. */
  quote: z.string(),
  start: z.int(),
  end: z.int(),
});
export type UrlCitation = z.infer<typeof UrlCitation>;

export const Annotation = z.object({ type: z.literal('url_citation'), url_citation: UrlCitation });
export type Annotation = z.infer<typeof Annotation>;

const PlinthExtension = z.object({
  guard: z.array(GuardSummary),
  /** Turns left out because the prompt was over the model's context policy. */
  truncated_messages: z.int(),
  conversation_id: z.optional(z.string()),
  /** Of answers from documents. */
  ...z.partial(GroundingExtension).shape,
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
        annotations: z.optional(z.array(Annotation)),
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
        /** Sources of text that came before, as soon as they are known. */
        annotations: z.optional(z.array(Annotation)),
      }),
      finish_reason: z.nullable(FinishReason),
    }),
  ),
  usage: z.nullish(ChatUsage),
  plinth: z.optional(PlinthExtension),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
