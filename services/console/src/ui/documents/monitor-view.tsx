import { useEffect } from 'preact/hooks';
import type { Drift, MonitorReport } from '../../api/rag/monitor.ts';
import type { Documents } from '../../state/documents/documents.ts';
import { formatShare } from '../../text/amounts.ts';
import { formatCount } from '../../text/numbers.ts';
import { ProblemView } from '../problem-view.tsx';
import { LineChart } from './line-chart.tsx';

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** How questions and answers change over time. */
export function MonitorView({ documents }: { documents: Documents }) {
  const monitor = documents.monitor.value;
  useEffect(() => void documents.readMonitor(), [documents]);
  return (
    <div class="view">
      <h1>Monitor</h1>
      {monitor.status === 'loading' && <p role="status">Comparing questions…</p>}
      {monitor.status === 'failed' && (
        <ProblemView
          problem={monitor.problem}
          now={documents.now}
          actions={{ retry: () => void documents.readMonitor() }}
        />
      )}
      {monitor.status === 'ready' && <Report report={monitor.value} />}
    </div>
  );
}

function Report({ report }: { report: MonitorReport }) {
  const { days, drift, present, reference, presentStart } = report;
  if (days.length === 0)
    return (
      <div class="empty">
        <h2>Nothing to watch yet</h2>
        <p>
          Once questions are asked, this shows how well answers stand on the documents, and whether questions change.
        </p>
      </div>
    );
  const labels = days.map(({ day }) => day);
  const rated = days.map(({ up, down }) => (up + down === 0 ? undefined : up / (up + down)));
  return (
    <>
      <p class="lead">
        {formatCount(present.questions)} questions since {DAY.format(presentStart)}, {formatCount(reference.questions)}{' '}
        in the weeks before.
      </p>
      <div class="charts">
        <DriftCard title="Drift of questions" drift={drift.questions} />
        <DriftCard title="Drift of answers" drift={drift.answers} />
        <LineChart
          title="Groundedness"
          labels={labels}
          values={days.map(({ groundedness }) => groundedness)}
          format={formatShare}
          most={1}
        />
        <LineChart
          title="Questions left unanswered"
          labels={labels}
          values={days.map(({ abstention }) => abstention)}
          format={formatShare}
          most={1}
        />
        <LineChart title="Ratings that are thumbs up" labels={labels} values={rated} format={formatShare} most={1} />
        <LineChart
          title="Questions"
          labels={labels}
          values={days.map(({ questions }) => questions)}
          format={formatCount}
        />
      </div>
    </>
  );
}

function DriftCard({ title, drift }: { title: string; drift: Drift | undefined }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {drift === undefined ? (
        <p class="help">Too few to compare: 30 are needed in each window.</p>
      ) : (
        <>
          <p class={drift.drifted ? 'verdict drifted' : 'verdict'}>
            {drift.drifted ? '▲ They have changed' : '● As they were before'}
          </p>
          <p class="help">
            p {drift.pValue < 0.001 ? 'below 0.001' : `= ${drift.pValue.toFixed(3)}`}, discrepancy{' '}
            {drift.mmd.toFixed(4)}, mean shift {drift.meanShift.toFixed(3)}; {formatCount(drift.present)} against{' '}
            {formatCount(drift.reference)}
          </p>
        </>
      )}
    </section>
  );
}
