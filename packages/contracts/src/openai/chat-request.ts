import { amount, filledListOf, filledText, listOf, text, whole } from '../bounds.ts';
import { RagOptions } from '../rag/options.ts';
import * as z from '../zod.ts';

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

const longText = text(CHAT_BOUNDS.textLength);
const TextPart = z.object({
  type: z.literal('text'),
  text: longText,
  cache_control: z.optional(z.object({ type: z.literal('ephemeral') })),
});
const ImagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: text(CHAT_BOUNDS.bodyBytes),
    detail: z.optional(z.enum(['auto', 'low', 'high'])),
  }),
});
const parts = <T extends z.ZodMiniType>(part: T) => filledListOf(part, CHAT_BOUNDS.contentParts);
const TextContent = z.union([longText, parts(TextPart)]);

/** A call the model asks for; `arguments` is JSON in a string. */
export const ChatToolCall = z.object({
  id: filledText(256),
  type: z.literal('function'),
  function: z.object({ name: filledText(64), arguments: longText }),
});

/** One turn, as OpenAI writes it. `cache_control` on a text part is the widely used extension for a prompt-cache point. */
export const ChatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: TextContent, name: z.optional(text(64)) }),
  z.object({ role: z.literal('developer'), content: TextContent, name: z.optional(text(64)) }),
  z.object({
    role: z.literal('user'),
    content: z.union([longText, parts(z.discriminatedUnion('type', [TextPart, ImagePart]))]),
    name: z.optional(text(64)),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.nullish(TextContent),
    tool_calls: z.optional(listOf(ChatToolCall, CHAT_BOUNDS.tools)),
    name: z.optional(text(64)),
  }),
  z.object({ role: z.literal('tool'), content: TextContent, tool_call_id: filledText(256) }),
]);
export type ChatMessage = z.infer<typeof ChatMessage>;

const JsonObject = z.record(z.string(), z.unknown());
export const ChatTool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: filledText(64),
    description: z.optional(text(4_096)),
    parameters: z.optional(JsonObject),
    strict: z.nullish(z.boolean()),
  }),
});
export type ChatTool = z.infer<typeof ChatTool>;

/** Where a request may go and how urgent it is, for models with several places. Without it: a person waits, and it may go anywhere. */
export const RouteOptions = z.strictObject({
  /** `batch` waits for own capacity rather than paying for another's; `experimental` may be sent anywhere. */
  class: z.optional(z.enum(['interactive', 'batch', 'experimental'])),
  /** `local`: answered where data stays on site, or not at all. A key or tenant may hold all its requests to that. */
  data: z.optional(z.literal('local')),
});
export type RouteOptions = z.infer<typeof RouteOptions>;

/** POST /v1/chat/completions. Fields we do not know are dropped; fields we know and cannot honour are refused by the model client, in words. */
export const ChatCompletionRequest = z.object({
  model: filledText(256),
  messages: filledListOf(ChatMessage, CHAT_BOUNDS.messages),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.object({ include_usage: z.optional(z.boolean()) })),
  max_tokens: z.nullish(whole(1, CHAT_BOUNDS.completionTokens)),
  max_completion_tokens: z.nullish(whole(1, CHAT_BOUNDS.completionTokens)),
  temperature: z.nullish(amount(0, 2)),
  top_p: z.nullish(z.number().check(z.gt(0), z.maximum(1))),
  seed: z.nullish(z.int()),
  stop: z.nullish(
    z.union([
      filledText(CHAT_BOUNDS.stopLength),
      listOf(filledText(CHAT_BOUNDS.stopLength), CHAT_BOUNDS.stopSequences),
    ]),
  ),
  n: z.nullish(z.literal(1, 'Only n=1 is served; send one request per answer.')),
  tools: z.optional(listOf(ChatTool, CHAT_BOUNDS.tools)),
  tool_choice: z.optional(
    z.union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ]),
  ),
  response_format: z.optional(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: text(64),
          schema: z.optional(JsonObject),
          strict: z.nullish(z.boolean()),
        }),
      }),
    ]),
  ),
  service_tier: z.nullish(z.enum(['auto', 'default', 'flex', 'priority'])),
  user: z.optional(text(256)),
  /** Ours: continue (and keep) a stored conversation. Needs a principal for whom conversations are on. */
  conversation_id: z.optional(filledText(64)),
  /** Ours: how passages are looked for. Only where answers are grounded in documents; refused elsewhere. */
  rag: z.nullish(RagOptions),
  /** Ours: where it may go. */
  route: z.nullish(RouteOptions),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;
