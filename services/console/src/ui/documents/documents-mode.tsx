import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { createDocuments } from '../../state/documents/documents.ts';
import type { Documents } from '../../state/documents/documents.ts';
import type { Console } from '../../state/console.ts';
import { browserWait } from '../../state/wait.ts';
import { hashOf } from '../../state/route.ts';
import type { DocumentView } from '../../state/route.ts';
import { LiveRegion } from '../live-region.tsx';
import { ProblemView } from '../problem-view.tsx';
import { AskView } from './ask-view.tsx';
import { EvaluationView } from './evaluation-view.tsx';
import { ExplanationPanel } from './explanation-panel.tsx';
import { LibraryView } from './library-view.tsx';
import { MonitorView } from './monitor-view.tsx';
import { SourcePanel } from './source-panel.tsx';
import '../../styles/mode/main.css';
import '../../styles/documents/main.css';

const VIEWS: readonly { view: DocumentView; name: string }[] = [
  { view: 'ask', name: 'Ask' },
  { view: 'library', name: 'Library' },
  { view: 'evaluation', name: 'Evaluation' },
  { view: 'monitor', name: 'Monitor' },
];

/** One a console: what was asked stays while the chat is shown. */
const KNOWN = new WeakMap<Console, Documents>();

function documentsOf(page: Console): Documents {
  const known = KNOWN.get(page);
  if (known !== undefined) return known;
  const { endpoint, frames, key, route } = page;
  const documents = createDocuments({ endpoint, frames, key, route, wait: browserWait });
  KNOWN.set(page, documents);
  return documents;
}

/** Documents to ask, to add, to measure and to watch, where this platform has them. */
export function DocumentsMode({ page }: { page: Console }) {
  const documents = documentsOf(page);
  const key = page.key.value;
  useEffect(() => void documents.enter(), [documents, key]);
  const service = documents.service.value;
  const route = page.route.route.value;
  const view = route.mode === 'documents' ? route.view : 'ask';

  if (service.status === 'failed')
    return (
      <main class="door">
        <ProblemView
          problem={service.problem}
          now={page.now}
          actions={{ retry: () => void documents.enter(), signIn: () => page.signOut() }}
        />
      </main>
    );
  if (service.status !== 'ready')
    return (
      <main class="door">
        <p role="status">Looking for documents…</p>
      </main>
    );
  if (service.value === undefined) return <NoDocuments />;
  return (
    <div class="mode documents">
      <a
        class="skip"
        href={hashOf(route)}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('documents-main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <nav class="views" aria-label="Documents">
        {VIEWS.map((each) => (
          <a
            key={each.view}
            href={hashOf({ mode: 'documents', view: each.view })}
            aria-current={each.view === view ? 'page' : undefined}
          >
            {each.name}
          </a>
        ))}
      </nav>
      <main id="documents-main" tabindex={-1}>
        <View view={view} documents={documents} page={page} />
      </main>
      <SidePanel documents={documents} />
      <LiveRegion exchanges={documents.ask.exchanges} />
    </div>
  );
}

function View({ view, documents, page }: { view: DocumentView; documents: Documents; page: Console }) {
  if (view === 'library') return <LibraryView documents={documents} />;
  if (view === 'evaluation') return <EvaluationView documents={documents} />;
  if (view === 'monitor') return <MonitorView documents={documents} />;
  return <AskView documents={documents} onSignOut={() => page.signOut()} />;
}

/** What is open beside the view. Takes the focus when it opens and gives it back when it closes; Escape closes it. */
function SidePanel({ documents }: { documents: Documents }) {
  const panel = documents.panel.panel.value;
  const opener = useRef<Element | null>(null);
  const isOpen = panel !== undefined;

  // Before the browser paints: what a panel covers is hidden, and loses the focus then.
  useLayoutEffect(() => {
    if (!isOpen) {
      if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
      opener.current = null;
      return undefined;
    }
    opener.current = document.activeElement === document.body ? null : document.activeElement;
    document.getElementById('panel-title')?.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) documents.route.openPanel(undefined);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isOpen, documents]);

  if (panel === undefined) return null;
  return panel.kind === 'source' ? (
    <SourcePanel documents={documents} panel={panel} />
  ) : (
    <ExplanationPanel documents={documents} />
  );
}

function NoDocuments() {
  return (
    <main class="door">
      <div class="empty">
        <h1>This platform has no documents to ask.</h1>
        <p>
          Its retrieval service is not deployed, or not reachable from this page. On a laptop, <code>npm start</code>{' '}
          starts it where an embedding model is found.
        </p>
        <p>
          <a href="#/">Back to the chat</a>
        </p>
      </div>
    </main>
  );
}
