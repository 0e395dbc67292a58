import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Documents } from '../../state/documents/documents.ts';
import type { OpenSource } from '../../state/documents/panel.ts';
import type { Panel } from '../../state/route.ts';
import { blocksAround, blocksOf, headingPathAt, pageAt, runsOf } from '../../text/source-window.ts';
import type { Quote } from '../../text/source-window.ts';
import type { SourceBlock } from '../../api/rag/source-text.ts';
import { DownloadIcon } from '../icons.tsx';
import { ProblemView } from '../problem-view.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { saveFile } from '../save-file.ts';

type SourceRoute = Extract<Panel, { kind: 'source' }>;

/** Text drawn at first, and added by each of the two buttons, UTF-16 units. */
const REACH = { before: 8_000, after: 16_000 };

/** A document's text with what was quoted from it highlighted. */
export function SourcePanel({ documents, panel }: { documents: Documents; panel: SourceRoute }) {
  const source = documents.panel.source.value;
  const title = source.status === 'ready' ? source.value.document.title : panel.id;
  return (
    <PanelFrame documents={documents} title={title}>
      {source.status === 'loading' && <p role="status">Opening the document…</p>}
      {source.status === 'failed' && (
        <ProblemView problem={source.problem} now={documents.now} actions={{ retry: () => documents.panel.reload() }} />
      )}
      {source.status === 'ready' && (
        <Source
          key={`${panel.id} ${source.value.version} ${panel.start} ${panel.end}`}
          documents={documents}
          panel={panel}
          source={source.value}
        />
      )}
    </PanelFrame>
  );
}

interface SourceProps {
  documents: Documents;
  panel: SourceRoute;
  source: OpenSource;
}

function Source({ documents, panel, source }: SourceProps) {
  const { text, version, document: entry } = source;
  const quote = quoteOf(panel, text.length);
  const blocks = useMemo(() => blocksOf(text, source.blocks), [text, source.blocks]);
  const newest = entry.indexedVersion ?? entry.version;
  const place = quote?.start ?? 0;
  const path = quote === undefined ? [] : headingPathAt(text, blocks, place);
  const page = quote === undefined ? undefined : pageAt(blocks, place);
  const [saving, setSaving] = useState(false);

  async function save(): Promise<void> {
    setSaving(true);
    const bytes = await documents.panel.download(entry.id);
    setSaving(false);
    if (bytes !== undefined) saveFile(bytes, entry.id.split('/').at(-1) ?? entry.id);
  }

  return (
    <>
      <div class="source-facts">
        {path.length > 0 && <p class="path">{path.join(' › ')}</p>}
        <p class="facts">
          {page !== undefined && (
            <span>
              page {page}
              {entry.pages === undefined ? '' : ` of ${entry.pages}`}
            </span>
          )}
          <span>version {version}</span>
          <span>{entry.groups.join(', ')}</span>
        </p>
        {version < newest && (
          <p class="older" role="note">
            This is an older version, as it was quoted. The newest is version {newest}.{' '}
            <button
              type="button"
              class="plain"
              onClick={() => documents.route.openPanel({ kind: 'source', id: panel.id })}
            >
              Open the newest
            </button>
          </p>
        )}
        <button type="button" class="plain" disabled={saving} onClick={() => void save()}>
          <DownloadIcon /> {saving ? 'Downloading…' : 'Download the original'}
        </button>
      </div>
      <SourceBody text={text} blocks={blocks} quote={quote} />
    </>
  );
}

function SourceBody({
  text,
  blocks,
  quote,
}: {
  text: string;
  blocks: readonly SourceBlock[];
  quote: Quote | undefined;
}) {
  const [reach, setReach] = useState(REACH);
  const body = useRef<HTMLDivElement>(null);
  const { shown, before, after } = blocksAround(blocks, quote, reach);

  useEffect(() => {
    body.current?.querySelector('mark')?.scrollIntoView({ block: 'center' });
  }, []);

  return (
    <div class="source-text" ref={body} tabindex={0} role="region" aria-label="Text of the document">
      {before && (
        <button type="button" class="plain" onClick={() => setReach({ ...reach, before: reach.before * 4 })}>
          Show what is before
        </button>
      )}
      {shown.map((block) => (
        <p key={block.start} class={`block-${kindOf(block.kind)}`}>
          {runsOf(text, block, quote).map((run, index) =>
            run.quoted ? <mark key={index}>{run.text}</mark> : <span key={index}>{run.text}</span>,
          )}
        </p>
      ))}
      {shown.length === 0 && <p class="help">This document has no text.</p>}
      {after && (
        <button type="button" class="plain" onClick={() => setReach({ ...reach, after: reach.after * 4 })}>
          Show what follows
        </button>
      )}
    </div>
  );
}

const KINDS = ['heading', 'list-item', 'quote', 'code', 'table-row', 'record'];

/** A class of ours only: the kind comes from outside. */
function kindOf(kind: string): string {
  return KINDS.includes(kind) ? kind : 'paragraph';
}

function quoteOf({ start, end }: SourceRoute, length: number): Quote | undefined {
  return start === undefined || end === undefined || start >= length
    ? undefined
    : { start, end: Math.min(end, length) };
}
