import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

export const DOCUMENT_VIEWS = ['ask', 'library', 'evaluation', 'monitor'] as const;
export type DocumentView = (typeof DOCUMENT_VIEWS)[number];

/** What is open beside a view of the documents. */
export type Panel =
  | { kind: 'source'; id: string; version?: number; start?: number; end?: number }
  | { kind: 'explanation'; answerId: string };

/** The list of batches, a new one, or one of them. */
export type BatchPlace = 'list' | 'new' | { id: string };

/** What the page shows, as its address says. */
export type Route =
  | { mode: 'chat' }
  | { mode: 'documents'; view: DocumentView; panel?: Panel }
  | { mode: 'batches'; place: BatchPlace }
  | { mode: 'sites' };

/** The address bar, as far as the page uses it. */
export interface AddressBar {
  /** With its `#`, or empty. */
  hash(): string;
  go(hash: string): void;
  onChange(listener: () => void): void;
}

export interface RouteState {
  readonly route: ReadonlySignal<Route>;
  go(route: Route): void;
  /** Opens something beside the view, or closes what is open. Ignored in the chat. */
  openPanel(panel: Panel | undefined): void;
}

export function createRoute(bar: AddressBar): RouteState {
  const route = signal<Route>(parseHash(bar.hash()) ?? { mode: 'chat' });
  bar.onChange(() => {
    const next = parseHash(bar.hash());
    // A hash that is no route is an anchor within the page.
    if (next !== undefined) route.value = next;
  });
  function go(next: Route): void {
    const hash = hashOf(next);
    route.value = next;
    if (hash !== bar.hash()) bar.go(hash);
  }
  return {
    route,
    go,
    openPanel(panel) {
      const now = route.value;
      if (now.mode === 'documents')
        go({ mode: 'documents', view: now.view, ...(panel === undefined ? {} : { panel }) });
    },
  };
}

/**
 * The address of a route: `#/`, `#/documents/library`, `#/documents?source=handbook%2Fleave.md&version=2&start=10&end=42`, `#/batches/new`,
 * `#/batches?id=batch_1`, `#/sites`.
 */
export function hashOf(route: Route): string {
  if (route.mode === 'chat') return '#/';
  if (route.mode === 'sites') return '#/sites';
  if (route.mode === 'batches') {
    const { place } = route;
    if (typeof place === 'object') return `#/batches?${new URLSearchParams(place)}`;
    return place === 'new' ? '#/batches/new' : '#/batches';
  }
  const { view, panel } = route;
  const path = view === 'ask' ? '#/documents' : `#/documents/${view}`;
  const query = new URLSearchParams();
  if (panel?.kind === 'explanation') query.set('explain', panel.answerId);
  if (panel?.kind === 'source') {
    query.set('source', panel.id);
    for (const name of ['version', 'start', 'end'] as const)
      if (panel[name] !== undefined) query.set(name, String(panel[name]));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The route of an address; undefined where it is none of ours. An unknown view is the first one. */
export function parseHash(hash: string): Route | undefined {
  if (hash === '') return { mode: 'chat' };
  if (!hash.startsWith('#/')) return undefined;
  const [path = '', query = ''] = splitOnce(hash.slice(2), '?');
  const [mode, name = 'ask'] = path.split('/');
  if (mode === 'batches') {
    const id = new URLSearchParams(query).get('id') ?? '';
    return { mode, place: id !== '' ? { id } : name === 'new' ? 'new' : 'list' };
  }
  if (mode === 'sites') return { mode };
  if (mode !== 'documents') return { mode: 'chat' };
  const view = DOCUMENT_VIEWS.find((each) => each === name) ?? 'ask';
  const panel = panelOf(new URLSearchParams(query));
  return { mode: 'documents', view, ...(panel === undefined ? {} : { panel }) };
}

function panelOf(query: URLSearchParams): Panel | undefined {
  const answerId = query.get('explain') ?? '';
  if (answerId !== '') return { kind: 'explanation', answerId };
  const id = query.get('source') ?? '';
  if (id === '') return undefined;
  const [version, start, end] = ['version', 'start', 'end'].map((name) => wholeOf(query.get(name)));
  return {
    kind: 'source',
    id,
    ...(version === undefined ? {} : { version }),
    ...(start === undefined || end === undefined || end < start ? {} : { start, end }),
  };
}

function wholeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** The browser's own address bar. */
export const browserAddressBar: AddressBar = {
  hash: () => location.hash,
  go: (hash) => {
    location.hash = hash;
  },
  onChange: (listener) => addEventListener('hashchange', listener),
};
