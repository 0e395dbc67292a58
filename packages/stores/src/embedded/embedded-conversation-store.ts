import type { ChatMessage, Conversation, ConversationSummary } from '@plinth/contracts';
import { checkConversationId, listLimit, serializeTurn } from '../conversations/bounds.ts';
import type { ConversationOwner, ConversationStore } from '../ports/conversation-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { CALL } from './protocol.ts';

export class EmbeddedConversationStore implements ConversationStore {
  readonly #queue: GroupCommit;

  constructor(queue: GroupCommit) {
    this.#queue = queue;
  }

  async list(
    owner: ConversationOwner,
    options: { limit?: number; before?: number } = {},
  ): Promise<readonly ConversationSummary[]> {
    const before = options.before ?? Number.MAX_SAFE_INTEGER;
    return this.#queue.call('listConversations', owner, listLimit(options.limit), before);
  }

  async get(owner: ConversationOwner, id: string): Promise<Conversation | undefined> {
    return this.#queue.call('getConversation', owner, id);
  }

  async append(
    owner: ConversationOwner,
    id: string,
    turn: { messages: readonly ChatMessage[]; model: string; title: string; at: number },
  ): Promise<void> {
    checkConversationId(id);
    const { messages, model, title, at } = turn;
    const kept = { ...serializeTurn(messages), model, title, at };
    await this.#queue.submit([CALL, 'appendConversation', owner, id, kept], 1 + Math.ceil(kept.bytes / 1_024));
  }

  async delete(owner: ConversationOwner, id: string): Promise<boolean> {
    return this.#queue.call('deleteConversation', owner, id);
  }
}
