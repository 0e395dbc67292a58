import type { BatchObject } from '@plinth/contracts';
import type { Style } from '@plinth/planning/report';
import { printable } from '../rag/printable.ts';

/** How fast a batch goes and when it should end, for behind its bar. */
export function progressNote({ status, plinth, request_counts }: BatchObject, now: number): string {
  const { rate = null, estimated_end_at: end = null } = plinth ?? {};
  const parts = [
    ...(status === 'in_progress' ? [] : [status]),
    ...(rate === null ? [] : [`${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)}/s`]),
    ...(end === null ? [] : [`ends in ${duration(end * 1_000 - now)}`]),
    ...(request_counts.failed === 0 ? [] : [`${request_counts.failed} failed`]),
  ];
  return parts.join('  ');
}

/** What became of a batch: counts, cost, and what was wrong with its file, line by line. */
export function renderEnd(batch: BatchObject, style: Style): string {
  const { total, completed, failed } = batch.request_counts;
  const good = batch.status === 'completed';
  const mark = good ? (failed === 0 ? style.green('✔') : style.yellow('!')) : style.red('✖');
  const lines = [
    `${mark} ${batch.id} ${batch.status}: ${completed} of ${total} answered${failed === 0 ? '' : `, ${failed} failed`}${costOf(batch)}.`,
    ...(batch.errors?.data ?? []).map(({ line, message, code }) =>
      printable(`  ${line === null ? code : `line ${line}`}: ${message}`),
    ),
    ...(batch.output_file_id === null ? [] : [`  plinth batch results ${batch.id} -o answers.jsonl`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line of a list. */
export function renderLine(batch: BatchObject, style: Style): string {
  const { total, completed, failed } = batch.request_counts;
  const created = new Date(batch.created_at * 1_000).toISOString().slice(0, 16).replace('T', ' ');
  const status = batch.status.padEnd(11);
  const shown =
    batch.status === 'completed' ? style.green(status) : batch.status === 'failed' ? style.red(status) : status;
  return `${batch.id}  ${shown}  ${`${completed + failed}/${total}`.padStart(9)}  ${created}${costOf(batch)}`;
}

function costOf({ plinth }: BatchObject): string {
  return plinth === undefined || plinth.cost_usd === 0 ? '' : `  $${plinth.cost_usd.toFixed(4)}`;
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
