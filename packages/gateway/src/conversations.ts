import { randomUUID } from 'node:crypto';
import {
  PlatformError,
  type ChatCompletionRequest,
  type ChatMessage,
  type Conversation,
  type ConversationSummary,
  type Identity,
} from '@plinth/contracts';
import type { Clock, ConversationStore } from '@plinth/stores';
import { messageText } from './guard/message-text.ts';

/** A request with the turns kept before it, and what to do with its answer. */
export interface OpenConversation {
  readonly request: ChatCompletionRequest;
  /**
   * Absent when nothing is kept for this caller. Takes the messages that fitted, and the same as the guard left them, so that nothing it
   * took out is kept; gives the conversation's id.
   */
  readonly keep?: (fitted: readonly ChatMessage[], guarded: readonly ChatMessage[], answer: string) => Promise<string>;
}

/** Conversations of a principal for whom keeping them is on; for all others every call but `open` is refused. */
export class Conversations {
  readonly #store: ConversationStore;
  readonly #clock: Clock;

  constructor(store: ConversationStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A request that names a conversation carries only its new turns; those before are put in front of them. */
  async open(identity: Identity, request: ChatCompletionRequest): Promise<OpenConversation> {
    if (!identity.conversations) {
      if (request.conversation_id !== undefined) throw notKept();
      return { request };
    }
    const id = request.conversation_id ?? randomUUID();
    const before = request.conversation_id === undefined ? [] : (await this.get(identity, id)).messages;
    const given = request.messages;
    return {
      request: before.length === 0 ? request : { ...request, messages: [...before, ...given] },
      keep: async (fitted, guarded, answer) => {
        // Turns of this request, without those kept before it and without a summary of what did not fit.
        const own = new Set(given);
        const turns = guarded.filter((_, index) => own.has(fitted[index]!));
        await this.#store.append(identity, id, {
          messages: [...turns, { role: 'assistant', content: answer }],
          model: request.model,
          title: titleOf(turns),
          at: this.#clock.now(),
        });
        return id;
      },
    };
  }

  async list(
    identity: Identity,
    options: { limit?: number; before?: number } = {},
  ): Promise<readonly ConversationSummary[]> {
    requireKept(identity);
    return this.#store.list(identity, options);
  }

  async get(identity: Identity, id: string): Promise<Conversation> {
    requireKept(identity);
    const conversation = await this.#store.get(identity, id);
    if (conversation === undefined) throw new PlatformError('not_found', 'There is no such conversation of yours.');
    return conversation;
  }

  async delete(identity: Identity, id: string): Promise<void> {
    requireKept(identity);
    if (!(await this.#store.delete(identity, id)))
      throw new PlatformError('not_found', 'There is no such conversation of yours.');
  }
}

function requireKept(identity: Identity): void {
  if (!identity.conversations) throw notKept();
}

function notKept(): PlatformError {
  return new PlatformError(
    'permission_denied',
    'Conversations are not kept for this key. An operator can turn them on.',
  );
}

function titleOf(messages: readonly ChatMessage[]): string {
  const first = messages.find((message) => message.role === 'user');
  return first === undefined
    ? 'Conversation'
    : messageText(first).replace(/\s+/g, ' ').trim().slice(0, 80) || 'Conversation';
}
