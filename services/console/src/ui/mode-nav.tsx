import type { RouteState } from '../state/route.ts';

/** The two things the console is for. Links, so that they open in a tab of their own and the back button works. */
export function ModeNav({ route }: { route: RouteState }) {
  const { mode } = route.route.value;
  return (
    <nav class="modes" aria-label="Console">
      <a href="#/" aria-current={mode === 'chat' ? 'page' : undefined}>
        Chat
      </a>
      <a href="#/documents" aria-current={mode === 'documents' ? 'page' : undefined}>
        Documents
      </a>
    </nav>
  );
}
