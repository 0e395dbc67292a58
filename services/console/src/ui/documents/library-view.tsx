import { useEffect, useState } from 'preact/hooks';
import type { DocumentEntry } from '../../api/rag/documents.ts';
import type { Documents } from '../../state/documents/documents.ts';
import { formatBytes } from '../../text/amounts.ts';
import { stepWords } from '../../text/document-words.ts';
import { formatCount } from '../../text/numbers.ts';
import { DeleteButton } from '../delete-button.tsx';
import { ProblemView } from '../problem-view.tsx';
import { UploadArea } from './upload-area.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function LibraryView({ documents }: { documents: Documents }) {
  const { library } = documents;
  const page = library.page.value;
  const problem = library.problem.value;
  useEffect(() => void library.open(), [library]);

  return (
    <div class="view">
      <h1>Library</h1>
      <UploadArea documents={documents} />
      {problem !== undefined && <ProblemView problem={problem} now={documents.now} />}
      {page.status === 'loading' && <p role="status">Reading the library…</p>}
      {page.status === 'failed' && (
        <ProblemView problem={page.problem} now={documents.now} actions={{ retry: () => void library.refresh() }} />
      )}
      {page.status === 'ready' && page.value.entries.length === 0 && (
        <div class="empty">
          <h2>No documents yet</h2>
          <p>
            Documents that your groups may read are listed here. PDF, Word (.docx), HTML, Markdown, plain text, CSV and
            JSON can be read, up to 100 MB each.
          </p>
        </div>
      )}
      {page.status === 'ready' && page.value.entries.length > 0 && (
        <>
          <DocumentTable documents={documents} entries={page.value.entries} />
          <nav class="paging" aria-label="Pages of the library">
            <button
              type="button"
              class="plain"
              disabled={library.pageNumber.value === 1}
              onClick={() => void library.previous()}
            >
              Previous
            </button>
            <span aria-live="polite">Page {library.pageNumber.value}</span>
            <button
              type="button"
              class="plain"
              disabled={page.value.next === undefined}
              onClick={() => void library.next()}
            >
              Next
            </button>
          </nav>
        </>
      )}
    </div>
  );
}

function DocumentTable({ documents, entries }: { documents: Documents; entries: readonly DocumentEntry[] }) {
  const [asking, setAsking] = useState<string | undefined>(undefined);
  return (
    <div class="wide-table" tabindex={0} role="region" aria-label="Documents">
      <table class="library">
        <thead>
          <tr>
            <th scope="col">Document</th>
            <th scope="col">State</th>
            <th scope="col">Groups</th>
            <th scope="col" class="number">
              Version
            </th>
            <th scope="col" class="number">
              Pages
            </th>
            <th scope="col" class="number">
              Passages
            </th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Changed</th>
            <th scope="col">
              <span class="unseen">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <th scope="row">
                <DocumentName documents={documents} entry={entry} />
              </th>
              <td>
                <StateWords entry={entry} />
              </td>
              <td>{entry.groups.join(', ')}</td>
              <td class="number">{entry.version}</td>
              <td class="number">{entry.pages === undefined ? '–' : formatCount(entry.pages)}</td>
              <td class="number">{formatCount(entry.passages)}</td>
              <td class="number">{formatBytes(entry.bytes)}</td>
              <td class="when">{entry.updatedAt === 0 ? '' : TIME.format(entry.updatedAt)}</td>
              <td>
                <DeleteButton
                  title={entry.title}
                  asking={asking === entry.id}
                  onAsk={() => setAsking(entry.id)}
                  onKeep={() => setAsking(undefined)}
                  onDelete={() => {
                    setAsking(undefined);
                    void documents.library.remove(entry.id);
                  }}
                  tooltip="Delete"
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DocumentName({ documents, entry }: { documents: Documents; entry: DocumentEntry }) {
  const { id, title, indexedVersion } = entry;
  return (
    <>
      {indexedVersion === undefined ? (
        <span>{title}</span>
      ) : (
        <button
          type="button"
          class="link"
          onClick={() => documents.route.openPanel({ kind: 'source', id, version: indexedVersion })}
        >
          {title}
        </button>
      )}
      {title !== id && <small>{id}</small>}
    </>
  );
}

function StateWords({ entry }: { entry: DocumentEntry }) {
  if (entry.state === 'indexed') return <span>✓ Ready</span>;
  if (entry.state === 'queued') return <span>Waiting</span>;
  if (entry.state === 'running') return <span>{stepWords(entry.progress)}…</span>;
  return (
    <span class="failed-words">
      ✗ Failed{entry.indexedVersion === undefined ? '' : `; version ${entry.indexedVersion} is still found`}
      {entry.reason !== undefined && <small>{entry.reason}</small>}
    </span>
  );
}
