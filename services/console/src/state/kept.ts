import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { deleteConversation, listConversations, readConversation } from '../api/conversations.ts';
import type { ConversationEntry } from '../api/conversations.ts';
import type { Endpoint } from '../api/endpoint.ts';
import { ApiError } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import type { ChatState } from './chat.ts';
import { turnsFrom } from './history.ts';

export interface KeptState {
  /** Undefined while the platform has not said that it keeps conversations for this key. */
  readonly list: ReadonlySignal<readonly ConversationEntry[] | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  refresh(key: string): Promise<void>;
  open(key: string, entry: ConversationEntry): Promise<void>;
  remove(key: string, entry: ConversationEntry): Promise<void>;
  clear(): void;
}

export function createKept(endpoint: Endpoint, chat: ChatState): KeptState {
  const list = signal<readonly ConversationEntry[] | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);

  /** Shows what went wrong beside the list; the chat itself works on without it. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    problem.value = undefined;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
  }

  return {
    list,
    problem,
    refresh: (key) =>
      attempt(async () => {
        list.value = await listConversations(endpoint, key);
      }),
    open: (key, entry) =>
      attempt(async () => {
        const messages = await readConversation(endpoint, key, entry.id);
        chat.show(turnsFrom(messages, entry.model), entry.id);
      }),
    remove: (key, entry) =>
      attempt(async () => {
        await deleteConversation(endpoint, key, entry.id);
        list.value = list.value?.filter(({ id }) => id !== entry.id);
        if (chat.conversationId.value === entry.id) chat.show([]);
      }),
    clear() {
      list.value = undefined;
      problem.value = undefined;
    },
  };
}
