import * as z from 'zod';
import { ChatMessage } from './openai/chat.ts';

/** A kept conversation: belongs to one principal of one tenant, and to nobody else. */
export const Conversation = z.object({
  id: z.string().min(1).max(64),
  tenant: z.string(),
  principal: z.string(),
  title: z.string().max(200),
  model: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  messages: z.array(ChatMessage),
});
export type Conversation = z.infer<typeof Conversation>;
export type ConversationSummary = Omit<Conversation, 'messages'>;
