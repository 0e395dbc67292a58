import { useEffect, useState } from 'preact/hooks';
import type { Console } from '../state/console.ts';
import type { KeyValueStore } from '../state/preferences.ts';
import { Bar } from './bar.tsx';
import { Composer } from './composer.tsx';
import { KeptList } from './kept-list.tsx';
import { LiveRegion } from './live-region.tsx';
import { ModeDoor } from './mode-door.tsx';
import { Transcript } from './transcript.tsx';

export function Workspace({ page, preferences }: { page: Console; preferences: KeyValueStore }) {
  const [listOpen, setListOpen] = useState(false);
  const { mode } = page.route.route.value;
  const chatting = mode === 'chat';
  const keeps = chatting && page.kept.list.value !== undefined;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('dialog[open]') !== null) return;
      if (page.route.route.value.mode !== 'chat') return;
      if (page.chat.live.value !== undefined) page.chat.stop();
      setListOpen(false);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [page]);

  return (
    <div class={`workspace${keeps ? ' keeps' : ''}${listOpen ? ' list-open' : ''}`}>
      {chatting && (
        <a class="skip" href="#message">
          Skip to the message box
        </a>
      )}
      <Bar
        page={page}
        preferences={preferences}
        listOpen={listOpen}
        onToggleList={keeps ? () => setListOpen(!listOpen) : undefined}
      />
      {keeps && <KeptList page={page} onChosen={() => setListOpen(false)} />}
      {chatting ? (
        <main>
          <h1 class="unseen">Chat</h1>
          <Transcript page={page} />
          <Composer page={page} />
        </main>
      ) : (
        <ModeDoor key={mode} page={page} mode={mode} />
      )}
      <LiveRegion exchanges={page.chat.exchanges} />
    </div>
  );
}
