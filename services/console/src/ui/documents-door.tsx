import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Console } from '../state/console.ts';

type Mode = FunctionComponent<{ page: Console }>;

/** Loads the documents mode when it is first opened, so that the chat starts without it. */
export function DocumentsDoor({ page }: { page: Console }) {
  const [loaded, setLoaded] = useState<{ Mode: Mode } | 'loading' | 'failed'>('loading');

  useEffect(() => {
    if (loaded !== 'loading') return;
    import('./documents/documents-mode.tsx').then(
      ({ DocumentsMode }) => setLoaded({ Mode: DocumentsMode }),
      (error: unknown) => {
        console.error(error);
        setLoaded('failed');
      },
    );
  }, [loaded]);

  if (typeof loaded === 'object') return <loaded.Mode page={page} />;
  return (
    <main class="door">
      {loaded === 'loading' ? (
        <p role="status">Opening the documents…</p>
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
