import { filledText } from '../bounds.ts';
import * as z from '../zod.ts';
import { BatchOptions } from './batches.ts';
import { ChatCompletion } from './chat-completion.ts';
import { ChatCompletionRequest } from './chat-request.ts';

/** POST /v1/async/chat/completions: a chat request that is answered later. */
export const AsyncChatRequest = z.extend(ChatCompletionRequest, {
  stream: z.nullish(z.literal(false, 'An answer that comes later comes whole: leave stream out.')),
  /** How it is run, and who is told. */
  plinth: z.optional(z.pick(BatchOptions, { engine: true, webhook: true })),
});
export type AsyncChatRequest = z.infer<typeof AsyncChatRequest>;

/** Such a request as `/v1/async` tells it. Times in seconds since the epoch. */
export const AsyncObject = z.object({
  id: filledText(64),
  object: z.literal('async.chat.completion'),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled']),
  created_at: z.int(),
  /** When it is given up. */
  expires_at: z.int(),
  ended_at: z.nullable(z.int()),
  /** Of a completed one. */
  response: z.nullable(ChatCompletion),
  /** Of a failed one. */
  error: z.nullable(z.object({ code: z.string(), message: z.string() })),
});
export type AsyncObject = z.infer<typeof AsyncObject>;
