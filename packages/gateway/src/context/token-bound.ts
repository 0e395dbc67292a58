import type { ChatCompletionRequest, ChatMessage } from '@plinth/contracts';

/** What one message costs beside its text: role markers and separators. The widest chat templates in use take fewer. */
const MESSAGE_OVERHEAD = 12;
const PROMPT_OVERHEAD = 32;
/** Most tokens any served model counts an image as (Anthropic documents about 1,600 at full size; tiling models go higher). */
const IMAGE_TOKENS = 5_000;

/**
 * A number of tokens that a prompt cannot be above, without asking a tokenizer. Byte-level tokenizers, which all served models use, never
 * make more tokens than there are UTF-8 bytes.
 */
export function promptTokenBound(messages: readonly ChatMessage[], tools?: ChatCompletionRequest['tools']): number {
  let bound = PROMPT_OVERHEAD;
  for (const message of messages) bound += messageTokenBound(message);
  if (tools !== undefined) bound += Buffer.byteLength(JSON.stringify(tools)) + tools.length * MESSAGE_OVERHEAD;
  return bound;
}

function messageTokenBound(message: ChatMessage): number {
  let bound = MESSAGE_OVERHEAD;
  const content = message.content;
  if (typeof content === 'string') bound += Buffer.byteLength(content);
  else for (const part of content ?? []) bound += part.type === 'text' ? Buffer.byteLength(part.text) : IMAGE_TOKENS;
  if (message.role === 'assistant' && message.tool_calls !== undefined)
    bound += Buffer.byteLength(JSON.stringify(message.tool_calls));
  return bound;
}

/** Bytes a token stands for, on average, in ordinary text: for counts that nobody reported. On the low side, so that the count is not. */
const BYTES_PER_TOKEN = 3.5;

/** A likely number of tokens of generated text, where the model did not say. */
export function estimateTokens(utf8Bytes: number): number {
  return Math.ceil(utf8Bytes / BYTES_PER_TOKEN);
}

/** A likely number of prompt tokens, where the model cannot count them. */
export function estimatePromptTokens(bound: number): number {
  return estimateTokens(bound);
}
