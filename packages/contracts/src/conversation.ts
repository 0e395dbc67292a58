import { filledText, text } from './bounds.ts';
import { ChatMessage } from './openai/chat-request.ts';
import * as z from './zod.ts';

/** A kept conversation: belongs to one principal of one tenant, and to nobody else. */
export const Conversation = z.object({
  id: filledText(64),
  tenant: z.string(),
  principal: z.string(),
  title: text(200),
  model: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  messages: z.array(ChatMessage),
});
export type Conversation = z.infer<typeof Conversation>;
export type ConversationSummary = Omit<Conversation, 'messages'>;
