import { useEffect } from 'preact/hooks';
import type { Batch } from '../../api/batches/batches.ts';
import type { Batches } from '../../state/batches/batches.ts';
import { hashOf } from '../../state/route.ts';
import {
  batchTitle,
  deadlineWords,
  endWords,
  isLate,
  progressWords,
  rateWords,
  stateWords,
} from '../../text/batch-words.ts';
import { PlusIcon } from '../icons.tsx';
import { ProblemView } from '../problem-view.tsx';
import { StaleNote } from '../stale-note.tsx';
import { StateChip } from '../state-chip.tsx';
import { CostMeter, ProgressBar } from './batch-figures.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function ListView({ batches, onSignOut }: { batches: Batches; onSignOut: () => void }) {
  const { list } = batches;
  const page = list.page.value;
  useEffect(() => list.watch(), [list]);

  if (page.status === 'ready' && page.value === undefined) return <NoBatches />;
  const found = page.status === 'ready' ? page.value : undefined;
  return (
    <div class="view">
      <header class="view-head">
        <h1>Batches</h1>
        <NewBatchLink />
      </header>
      <StaleNote problem={list.stale.value} />
      {(page.status === 'loading' || page.status === 'idle') && <p role="status">Looking for batches…</p>}
      {page.status === 'failed' && (
        <ProblemView
          problem={page.problem}
          now={batches.now}
          actions={{ retry: () => list.refresh(), signIn: onSignOut }}
        />
      )}
      {found !== undefined && found.batches.length === 0 && list.pageNumber.value === 1 && (
        <div class="empty">
          <h2>No batches yet</h2>
          <p>
            A batch answers the requests of a file, a line each, as cheaply as its deadline allows. It goes on when this
            page is closed, and its answers wait in a file.
          </p>
        </div>
      )}
      {found !== undefined && found.batches.length > 0 && <BatchTable batches={batches} rows={found.batches} />}
      {found !== undefined && (found.next !== undefined || list.pageNumber.value > 1) && (
        <nav class="paging" aria-label="Pages of the list">
          <button type="button" class="plain" disabled={list.pageNumber.value === 1} onClick={() => list.previous()}>
            Newer
          </button>
          <span aria-live="polite">Page {list.pageNumber.value}</span>
          <button type="button" class="plain" disabled={found.next === undefined} onClick={() => list.next()}>
            Older
          </button>
        </nav>
      )}
    </div>
  );
}

function NewBatchLink() {
  return (
    <a class="primary" href={hashOf({ mode: 'batches', place: 'new' })}>
      <PlusIcon /> New batch
    </a>
  );
}

function BatchTable({ batches, rows }: { batches: Batches; rows: readonly Batch[] }) {
  return (
    <table class="batch-list">
      <thead>
        <tr>
          <th scope="col">Batch</th>
          <th scope="col">State</th>
          <th scope="col">Requests</th>
          <th scope="col">Rate</th>
          <th scope="col">Done</th>
          <th scope="col">Deadline</th>
          <th scope="col">Cost so far</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((batch) => (
          <BatchRow key={batch.id} batches={batches} batch={batch} />
        ))}
      </tbody>
    </table>
  );
}

function BatchRow({ batches, batch }: { batches: Batches; batch: Batch }) {
  const now = batches.now();
  const deadline = deadlineWords(batch, now);
  const rate = batch.status === 'in_progress' ? batch.rate : undefined;
  return (
    <tr>
      <th scope="row">
        <a href={hashOf({ mode: 'batches', place: { id: batch.id } })}>{batchTitle(batch, batches.files.value)}</a>
        <small>{TIME.format(batch.createdAt)}</small>
      </th>
      <td>
        <StateChip state={stateWords(batch)} />
      </td>
      <td class="figure" data-label="Requests">
        <span>{progressWords(batch)}</span>
        <ProgressBar batch={batch} />
      </td>
      <td data-label="Rate">{rate === undefined ? '–' : rateWords(rate)}</td>
      <td data-label="Done" class={isLate(batch) ? 'late' : ''}>
        {endWords(batch, now)}
        {isLate(batch) && <small>after the deadline</small>}
      </td>
      <td data-label="Deadline">{deadline ?? '–'}</td>
      <td class="figure" data-label="Cost so far">
        <CostMeter batch={batch} />
      </td>
    </tr>
  );
}

function NoBatches() {
  return (
    <div class="view">
      <div class="empty">
        <h1>This platform runs no batches.</h1>
        <p>
          Its batch service is not deployed, or not reachable from this page. On a laptop, <code>npm start</code> starts
          it beside the chat.
        </p>
        <p>
          <a href="#/">Back to the chat</a>
        </p>
      </div>
    </div>
  );
}
