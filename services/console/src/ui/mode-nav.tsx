import type { Route, RouteState } from '../state/route.ts';

const MODES: readonly { mode: Route['mode']; name: string; address: string }[] = [
  { mode: 'chat', name: 'Chat', address: '#/' },
  { mode: 'documents', name: 'Documents', address: '#/documents' },
  { mode: 'batches', name: 'Batches', address: '#/batches' },
  { mode: 'sites', name: 'Sites', address: '#/sites' },
];

/** What the console is for. Links, so that they open in a tab of their own and the back button works. */
export function ModeNav({ route }: { route: RouteState }) {
  const now = route.route.value.mode;
  return (
    <nav class="modes" aria-label="Console">
      {MODES.map(({ mode, name, address }) => (
        <a key={mode} href={address} aria-current={mode === now ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
