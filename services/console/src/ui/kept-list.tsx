import { useState } from 'preact/hooks';
import type { ConversationEntry } from '../api/conversations.ts';
import type { Console } from '../state/console.ts';
import { DeleteButton } from './delete-button.tsx';

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Conversations the platform keeps for this key; not on the page at all where it keeps none. */
export function KeptList({ page, onChosen }: { page: Console; onChosen: () => void }) {
  const entries = page.kept.list.value ?? [];
  const problem = page.kept.problem.value;
  const [asking, setAsking] = useState<string | undefined>(undefined);

  async function choose(entry: ConversationEntry): Promise<void> {
    onChosen();
    await page.openConversation(entry);
    document.getElementById('message')?.focus();
  }

  return (
    <nav class="kept" id="kept" aria-label="Kept conversations">
      <h2>Conversations</h2>
      {problem !== undefined && (
        <p class="problem-line" role="alert">
          <strong>{problem.title}</strong> {problem.advice}
        </p>
      )}
      {entries.length === 0 && <p class="help">Chats with this key are kept and will be listed here.</p>}
      <ul>
        {entries.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              class="entry"
              aria-current={page.chat.conversationId.value === entry.id ? 'true' : undefined}
              onClick={() => void choose(entry)}
            >
              <span class="title">{entry.title}</span>
              <span class="when">{entry.updatedAt === 0 ? '' : DAY.format(entry.updatedAt)}</span>
            </button>
            <DeleteButton
              title={entry.title}
              asking={asking === entry.id}
              onAsk={() => setAsking(entry.id)}
              onKeep={() => setAsking(undefined)}
              onDelete={() => void page.deleteConversation(entry)}
              class="delete"
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}
