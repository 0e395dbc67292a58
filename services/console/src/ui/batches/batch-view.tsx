import { useEffect } from 'preact/hooks';
import { hasEnded } from '../../api/batches/batches.ts';
import type { Batch } from '../../api/batches/batches.ts';
import type { Batches } from '../../state/batches/batches.ts';
import { hashOf } from '../../state/route.ts';
import { batchTitle, stateWords } from '../../text/batch-words.ts';
import { ProblemView } from '../problem-view.tsx';
import { StaleNote } from '../stale-note.tsx';
import { StateChip } from '../state-chip.tsx';
import { CostCard, EngineCard, FilesCard, ProgressCard, RateCard, TimelineCard } from './batch-cards.tsx';
import { InputErrors, RequestFailures } from './batch-errors.tsx';
import { CancelButton } from './cancel-button.tsx';

/** All about one batch. */
export function BatchView({ id, batches, onSignOut }: { id: string; batches: Batches; onSignOut: () => void }) {
  const { one } = batches;
  const batch = one.batch.value;
  useEffect(() => one.watch(id), [one, id]);
  return (
    <div class="view">
      <BackLink />
      {(batch.status === 'loading' || batch.status === 'idle') && <p role="status">Reading the batch…</p>}
      {batch.status === 'failed' && (
        <ProblemView
          problem={batch.problem}
          now={batches.now}
          actions={{ retry: () => one.refresh(), signIn: onSignOut }}
        />
      )}
      {batch.status === 'ready' && <Shown batches={batches} batch={batch.value} />}
    </div>
  );
}

export function BackLink() {
  return (
    <p class="back">
      <a href={hashOf({ mode: 'batches', place: 'list' })}>← All batches</a>
    </p>
  );
}

function Shown({ batches, batch }: { batches: Batches; batch: Batch }) {
  const { one } = batches;
  const problem = one.problem.value;
  const stoppable = !hasEnded(batch) && batch.status !== 'cancelling' && batch.status !== 'finalizing';
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{batchTitle(batch, batches.files.value)}</h1>
          <p class="under-title">
            <StateChip state={stateWords(batch)} />
            <code>{batch.id}</code>
            <code>{batch.endpoint}</code>
          </p>
        </div>
        {stoppable && <CancelButton busy={one.cancelling.value} onCancel={() => void one.cancel()} />}
      </header>
      <StaleNote problem={one.stale.value} />
      {problem !== undefined && <ProblemView problem={problem} now={batches.now} />}
      <InputErrors errors={batch.errors} />
      <div class="cards">
        <ProgressCard batches={batches} batch={batch} />
        <CostCard batch={batch} />
        <RateCard batches={batches} batch={batch} />
        <EngineCard batch={batch} />
        <TimelineCard batches={batches} batch={batch} />
        <FilesCard batches={batches} batch={batch} />
      </div>
      <RequestFailures batches={batches} />
    </>
  );
}
