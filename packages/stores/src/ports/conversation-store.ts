import type { ChatMessage, Conversation, ConversationSummary } from '@plinth/contracts';

export interface ConversationOwner {
  readonly tenant: string;
  readonly principal: string;
}

/** Conversations, each seen by its owner only: another principal's id reads as absent. */
export interface ConversationStore {
  /** Newest first. `before` is the `updatedAt` of the last one of the page before. */
  list(
    owner: ConversationOwner,
    options?: { limit?: number; before?: number },
  ): Promise<readonly ConversationSummary[]>;
  get(owner: ConversationOwner, id: string): Promise<Conversation | undefined>;
  /** Adds turns, creating the conversation if it is not there. Turns of two callers at once are both kept. */
  append(
    owner: ConversationOwner,
    id: string,
    turn: { messages: readonly ChatMessage[]; model: string; title: string; at: number },
  ): Promise<void>;
  delete(owner: ConversationOwner, id: string): Promise<boolean>;
}
