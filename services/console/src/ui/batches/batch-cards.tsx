import { hasEnded } from '../../api/batches/batches.ts';
import type { Batch } from '../../api/batches/batches.ts';
import type { Batches } from '../../state/batches/batches.ts';
import { throughput } from '../../state/batches/throughput.ts';
import { formatBytes } from '../../text/amounts.ts';
import {
  deadlineWords,
  endedAt,
  endWords,
  isLate,
  progressWords,
  rateWords,
  timeline,
} from '../../text/batch-words.ts';
import { plural, spanWords } from '../../text/numbers.ts';
import { DownloadIcon } from '../icons.tsx';
import { saveFile } from '../save-file.ts';
import { CostMeter, ProgressBar } from './batch-figures.tsx';
import { Sparkline } from './sparkline.tsx';

interface CardProps {
  batches: Batches;
  batch: Batch;
}

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const SECOND = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function ProgressCard({ batches, batch }: CardProps) {
  const now = batches.now();
  const deadline = deadlineWords(batch, now);
  const { estimatedEndAt, expiresAt } = batch;
  const ended = endedAt(batch);
  return (
    <section class="card wide-card" aria-label="Progress">
      <h2>Requests</h2>
      <p class="latest-value">{progressWords(batch)}</p>
      <ProgressBar batch={batch} />
      <dl class="pairs">
        <div class={isLate(batch) ? 'late' : ''}>
          <dt>{ended === undefined ? 'Done' : 'Ended'}</dt>
          <dd>
            {ended !== undefined && `${TIME.format(ended)}, ${endWords(batch, now)}`}
            {ended === undefined &&
              estimatedEndAt !== undefined &&
              `${endWords(batch, now)} (${TIME.format(estimatedEndAt)})`}
            {ended === undefined && estimatedEndAt === undefined && 'not known yet'}
            {isLate(batch) && <small>That is after its deadline.</small>}
          </dd>
        </div>
        {expiresAt !== undefined && (
          <div>
            <dt>Deadline</dt>
            <dd>{deadline === undefined ? TIME.format(expiresAt) : `${deadline} (${TIME.format(expiresAt)})`}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

export function CostCard({ batch }: { batch: Batch }) {
  return (
    <section class="card" aria-label="Cost">
      <h2>{hasEnded(batch) ? 'Cost' : 'Cost so far'}</h2>
      <p class="latest-value cost">
        <CostMeter batch={batch} />
      </p>
      <p class="help">
        {plural(batch.inputTokens, 'token')} in, {plural(batch.outputTokens, 'token')} out
        {batch.quoteUsd === undefined && batch.status === 'validating' && '. The quote comes when the file is checked.'}
      </p>
    </section>
  );
}

export function RateCard({ batches, batch }: CardProps) {
  const seen = throughput(batches.sightings.samples.value.get(batch.id) ?? []);
  const running = batch.status === 'in_progress';
  if (!running && seen === undefined) return null;
  return (
    <section class="card rate-card" aria-label="Throughput">
      <h2>Throughput</h2>
      <p class="latest-value">{!running || batch.rate === undefined ? '–' : rateWords(batch.rate)}</p>
      <Sparkline throughput={seen} />
    </section>
  );
}

export function TimelineCard({ batches, batch }: CardProps) {
  return (
    <section class="card timeline-card" aria-label="Timeline">
      <h2>Timeline</h2>
      <ol class="timeline">
        {timeline(batch, batches.now()).map(({ status, words, at, lasted, current }) => (
          <li
            key={status}
            class={current ? `now ${status}` : at === undefined ? 'ahead' : 'past'}
            aria-current={current ? 'step' : undefined}
          >
            <span>{words}</span>
            <small>
              {at === undefined ? 'ahead' : <time dateTime={new Date(at).toISOString()}>{SECOND.format(at)}</time>}
              {lasted !== undefined && lasted >= 1_000 && `, ${spanWords(lasted)}`}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function EngineCard({ batch }: { batch: Batch }) {
  if (batch.engine === undefined && hasEnded(batch)) return null;
  return (
    <section class="card engine-card" aria-label="Engine">
      <h2>Engine</h2>
      <p class="latest-value">{batch.engine ?? 'Not chosen yet'}</p>
      {batch.reasons.length > 0 && (
        <ul class="reasons">
          {batch.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function FilesCard({ batches, batch }: CardProps) {
  return (
    <section class="card files-card" aria-label="Files">
      <h2>Files</h2>
      <ul class="batch-files">
        <FileLine batches={batches} title="Input" id={batch.inputFileId} />
        <FileLine batches={batches} title="Answers" id={batch.outputFileId} />
        <FileLine batches={batches} title="Errors" id={batch.errorFileId} />
      </ul>
      {!hasEnded(batch) && <p class="help">Answers and errors can be downloaded when the batch has ended.</p>}
    </section>
  );
}

function FileLine({ batches, title, id }: { batches: Batches; title: string; id: string | undefined }) {
  const file = id === undefined ? undefined : batches.files.value.get(id);
  const fetching = batches.one.fetching.value;
  if (id === undefined || id === '') return null;

  async function save(fileId: string, name: string): Promise<void> {
    const bytes = await batches.one.download(fileId);
    if (bytes !== undefined) saveFile(bytes, name);
  }

  return (
    <li>
      <span>
        {title}
        <small>
          {file === 'deleted' && 'has been deleted'}
          {typeof file === 'object' && `${file.name}, ${formatBytes(file.bytes)}`}
        </small>
      </span>
      {file !== 'deleted' && (
        <button
          type="button"
          class="plain"
          aria-label={`Download ${title.toLowerCase()}`}
          disabled={fetching !== undefined}
          onClick={() => void save(id, file?.name ?? `${id}.jsonl`)}
        >
          <DownloadIcon /> {fetching === id ? 'Fetching…' : 'Download'}
        </button>
      )}
    </li>
  );
}
