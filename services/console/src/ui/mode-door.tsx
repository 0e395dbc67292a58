import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Console } from '../state/console.ts';
import type { Route } from '../state/route.ts';

type Mode = FunctionComponent<{ page: Console }>;

const MODES = {
  documents: async () => (await import('./documents/documents-mode.tsx')).DocumentsMode,
  batches: async () => (await import('./batches/batches-mode.tsx')).BatchesMode,
  sites: async () => (await import('./sites/sites-mode.tsx')).SitesMode,
} satisfies Record<Exclude<Route['mode'], 'chat'>, () => Promise<Mode>>;

/** Loads a mode when it is first opened, so that the chat starts without it. Give it the mode as its key. */
export function ModeDoor({ page, mode }: { page: Console; mode: keyof typeof MODES }) {
  const [loaded, setLoaded] = useState<{ Mode: Mode } | 'loading' | 'failed'>('loading');

  useEffect(() => {
    MODES[mode]().then(
      (Mode) => setLoaded({ Mode }),
      (error: unknown) => {
        console.error(error);
        setLoaded('failed');
      },
    );
  }, [mode]);

  if (typeof loaded === 'object') return <loaded.Mode page={page} />;
  return (
    <main class="door">
      {loaded === 'loading' ? (
        <p role="status">Opening…</p>
      ) : (
        <p role="alert">
          This part of the page could not be loaded.{' '}
          <button type="button" class="plain" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      )}
    </main>
  );
}
