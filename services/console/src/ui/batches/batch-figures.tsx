import type { Batch } from '../../api/batches/batches.ts';
import { costWords, progressWords } from '../../text/batch-words.ts';
import { ShareBar } from '../share-bar.tsx';

/** How much is done and how much of that failed, out of all. */
export function ProgressBar({ batch }: { batch: Batch }) {
  const { total, completed, failed } = batch.counts;
  if (total === 0) return null;
  const percent = (count: number) => `${Math.min(100, (100 * count) / total)}%`;
  return (
    <span
      class="bar-track parts"
      role="progressbar"
      aria-label="Requests done"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={completed + failed}
      aria-valuetext={progressWords(batch)}
    >
      <span class="bar-fill" style={{ width: percent(completed) }} />
      {failed > 0 && <span class="bar-fill failed" style={{ width: percent(failed) }} />}
    </span>
  );
}

/** What it has cost so far against the most it can cost. */
export function CostMeter({ batch }: { batch: Batch }) {
  const { costUsd, quoteUsd } = batch;
  const words = costWords(batch);
  return (
    <>
      <span>{words}</span>
      {costUsd !== undefined && quoteUsd !== undefined && quoteUsd > 0 && (
        <ShareBar share={costUsd / quoteUsd} label="Cost so far" text={words} tone="second" />
      )}
    </>
  );
}
