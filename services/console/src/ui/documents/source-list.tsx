import type { ExplainedPassage } from '../../api/rag/explanation.ts';
import type { Documents } from '../../state/documents/documents.ts';
import type { NumberedSource } from '../../text/citations.ts';
import { pagesWords } from '../../text/document-words.ts';

/** The sources of an answer, as they are numbered in it. */
export function SourceList({
  sources,
  onOpen,
}: {
  sources: readonly NumberedSource[];
  onOpen: (source: NumberedSource) => void;
}) {
  if (sources.length === 0) return null;
  return (
    <section class="sources" aria-label="Sources">
      <h3>Sources</h3>
      <ol>
        {sources.map((source) => {
          const { title, page, quote } = source.citation;
          return (
            <li key={source.number}>
              <button type="button" class="source" onClick={() => onOpen(source)}>
                <span class="number">{source.number}</span>
                <span class="name">
                  {title}
                  {page !== undefined && <span class="page"> page {page}</span>}
                </span>
                {quote !== '' && <span class="quote">{quote}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What came closest to a question the documents do not answer. */
export function ClosestSources({
  passages,
  documents,
}: {
  passages: readonly ExplainedPassage[];
  documents: Documents;
}) {
  const readable = passages.filter(({ source }) => source !== undefined);
  if (readable.length === 0) return <p class="help">Nothing in the documents you may read comes close to it.</p>;
  return (
    <section class="sources" aria-label="Closest passages">
      <h3>What came closest</h3>
      <ol>
        {readable.map(({ id, source, title, pages, text }) => (
          <li key={id}>
            <button
              type="button"
              class="source"
              onClick={() => {
                if (source === undefined) return;
                const { documentId, version, start, end } = source;
                documents.route.openPanel({
                  kind: 'source',
                  id: documentId,
                  ...(version === undefined ? {} : { version }),
                  start,
                  end,
                });
              }}
            >
              <span class="number" aria-hidden="true">
                ·
              </span>
              <span class="name">
                {title}
                {pages !== undefined && <span class="page"> {pagesWords(pages)}</span>}
              </span>
              <span class="quote">{text}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
