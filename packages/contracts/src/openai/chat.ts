import * as z from 'zod';

/** Bounds on one chat request; what is over them is refused before anything is spent. Sizes in UTF-16 code units, counts in items. */
export const CHAT_BOUNDS = {
  bodyBytes: 4 * 1024 * 1024,
  messages: 2_048,
  textLength: 1_000_000,
  contentParts: 64,
  tools: 128,
  stopSequences: 4,
  stopLength: 256,
  completionTokens: 1_000_000,
} as const;

const text = z.string().max(CHAT_BOUNDS.textLength);
const TextPart = z.object({
  type: z.literal('text'),
  text,
  cache_control: z.object({ type: z.literal('ephemeral') }).optional(),
});
const ImagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z.string().max(CHAT_BOUNDS.bodyBytes),
    detail: z.enum(['auto', 'low', 'high']).optional(),
  }),
});
const parts = <T extends z.ZodType>(part: T) => z.array(part).min(1).max(CHAT_BOUNDS.contentParts);
const TextContent = z.union([text, parts(TextPart)]);
const ToolCall = z.object({
  id: z.string().min(1).max(256),
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1).max(64), arguments: text }),
});

/** One turn, as OpenAI writes it. `cache_control` on a text part is the widely used extension for a prompt-cache point. */
export const ChatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: TextContent, name: z.string().max(64).optional() }),
  z.object({ role: z.literal('developer'), content: TextContent, name: z.string().max(64).optional() }),
  z.object({
    role: z.literal('user'),
    content: z.union([text, parts(z.discriminatedUnion('type', [TextPart, ImagePart]))]),
    name: z.string().max(64).optional(),
  }),
  z.object({
    role: z.literal('assistant'),
    content: TextContent.nullish(),
    tool_calls: z.array(ToolCall).max(CHAT_BOUNDS.tools).optional(),
    name: z.string().max(64).optional(),
  }),
  z.object({ role: z.literal('tool'), content: TextContent, tool_call_id: z.string().min(1).max(256) }),
]);
export type ChatMessage = z.infer<typeof ChatMessage>;

const JsonObject = z.record(z.string(), z.unknown());
export const ChatTool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().min(1).max(64),
    description: z.string().max(4_096).optional(),
    parameters: JsonObject.optional(),
    strict: z.boolean().nullish(),
  }),
});
export type ChatTool = z.infer<typeof ChatTool>;

/** POST /v1/chat/completions. Fields we do not know are dropped; fields we know and cannot honour are refused by the model client, in words. */
export const ChatCompletionRequest = z.object({
  model: z.string().min(1).max(256),
  messages: z.array(ChatMessage).min(1).max(CHAT_BOUNDS.messages),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).max(CHAT_BOUNDS.completionTokens).nullish(),
  max_completion_tokens: z.int().min(1).max(CHAT_BOUNDS.completionTokens).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([
      z.string().min(1).max(CHAT_BOUNDS.stopLength),
      z.array(z.string().min(1).max(CHAT_BOUNDS.stopLength)).max(CHAT_BOUNDS.stopSequences),
    ])
    .nullish(),
  n: z.literal(1, 'Only n=1 is served; send one request per answer.').nullish(),
  tools: z.array(ChatTool).max(CHAT_BOUNDS.tools).optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string().max(64),
          schema: JsonObject.optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .optional(),
  service_tier: z.enum(['auto', 'default', 'flex', 'priority']).nullish(),
  user: z.string().max(256).optional(),
  /** Ours: continue (and keep) a stored conversation. Needs a principal for whom conversations are on. */
  conversation_id: z.string().min(1).max(64).optional(),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;

export const ChatUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }).optional(),
  /** Ours: what the answer cost, in US dollars at the catalog's prices. */
  cost_usd: z.number().optional(),
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
  conversation_id: z.string().optional(),
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
        content: z.string().nullable(),
        tool_calls: z.array(ToolCall).optional(),
      }),
      finish_reason: FinishReason,
      logprobs: z.null(),
    }),
  ),
  usage: ChatUsage,
  plinth: PlinthExtension.optional(),
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
        role: z.literal('assistant').optional(),
        content: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              index: z.int(),
              id: z.string().optional(),
              type: z.literal('function').optional(),
              function: z.object({ name: z.string().optional(), arguments: z.string().optional() }),
            }),
          )
          .optional(),
      }),
      finish_reason: FinishReason.nullable(),
    }),
  ),
  usage: ChatUsage.nullish(),
  plinth: PlinthExtension.optional(),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
