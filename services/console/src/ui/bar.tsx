import { useRef } from 'preact/hooks';
import type { Console } from '../state/console.ts';
import type { KeyValueStore } from '../state/preferences.ts';
import { formatShort } from '../text/numbers.ts';
import { ListIcon, Mark, PlusIcon, SettingsIcon, SignOutIcon } from './icons.tsx';
import { ModeNav } from './mode-nav.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ThemeButton } from './theme-button.tsx';

interface BarProps {
  page: Console;
  preferences: KeyValueStore;
  listOpen: boolean;
  onToggleList: (() => void) | undefined;
}

export function Bar({ page, preferences, listOpen, onToggleList }: BarProps) {
  const chatting = page.route.route.value.mode === 'chat';
  const dialog = useRef<HTMLDialogElement>(null);

  function newChat(): void {
    page.newChat();
    document.getElementById('message')?.focus();
  }

  return (
    <header class="bar">
      {onToggleList !== undefined && (
        <button
          type="button"
          class="quiet list-toggle"
          aria-label="Kept conversations"
          aria-expanded={listOpen}
          aria-controls="kept"
          onClick={onToggleList}
        >
          <ListIcon />
        </button>
      )}
      <span class="brand">
        <Mark />
        <span class="word">Plinth</span>
      </span>
      <ModeNav route={page.route} />
      {chatting && (
        <label class="model">
          <span class="unseen">Model</span>
          <select value={page.model.value?.id ?? ''} onChange={(event) => page.chooseModel(event.currentTarget.value)}>
            {page.models.value.map(({ id, contextLength }) => (
              <option key={id} value={id}>
                {contextLength === undefined ? id : `${id} — ${formatShort(contextLength)} context`}
              </option>
            ))}
            {page.models.value.length === 0 && <option value="">No model for this key</option>}
          </select>
        </label>
      )}
      <span class="spring" />
      {chatting && (
        <>
          <button
            type="button"
            class="quiet labelled"
            aria-label="New chat"
            onClick={newChat}
            disabled={page.chat.exchanges.value.length === 0}
          >
            <PlusIcon />
            <span class="wide-only">New chat</span>
          </button>
          <button
            type="button"
            class="quiet"
            aria-label="Settings"
            title="Settings"
            onClick={() => dialog.current?.showModal()}
          >
            <SettingsIcon />
          </button>
        </>
      )}
      <ThemeButton preferences={preferences} />
      <button type="button" class="quiet" aria-label="Sign out" title="Sign out" onClick={() => page.signOut()}>
        <SignOutIcon />
      </button>
      <SettingsDialog page={page} dialog={dialog} />
    </header>
  );
}
