import { metricKind } from '@plinth/retrieval/evaluate';
import type { Style } from '@plinth/planning/report';
import { metricNames, type EvalReport, type EvalRun } from './eval-run.ts';

/** All configurations side by side, one line a metric, then what differs from the baseline, then the gate. */
export function renderEvalTable(report: EvalReport, style: Style): string {
  const { runs, hasBaseline } = report;
  const names = metricNames(report);
  const header = ['', ...runs.map(({ name }, index) => (hasBaseline && index === 0 ? `${name} (baseline)` : name))];
  const rows = names.map((name) => [name, ...runs.map(({ result }) => shownMetric(name, result.totals[name]))]);
  const lines = [countsLine(runs[0]!), '', ...table([header, ...rows], style)];
  for (const run of runs)
    if (run.comparison !== undefined)
      lines.push('', style.bold(`${run.name} against ${runs[0]!.name}`), ...differences(run, style));
  for (const run of runs)
    if (run.gate !== undefined) lines.push('', style.bold(`Gate: ${run.name}`), ...gateLines(run, style));
  return `${lines.join('\n')}\n`;
}

function countsLine({ result: { counts } }: EvalRun): string {
  const parts = [`${counts.questions} questions: ${counts.answerable} with an answer, ${counts.unanswerable} without`];
  if (counts.skipped > 0) parts.push(`${counts.skipped} passed over, meant for groups this key does not hold`);
  if (counts.failed > 0) parts.push(`${counts.failed} failed, and count as nothing found`);
  return `${parts.join('; ')}.`;
}

function differences({ comparison = [] }: EvalRun, style: Style): string[] {
  const rows = comparison.map((each) => {
    const better = metricKind(each.metric)?.better ?? 'higher';
    const [wins, losses] = better === 'higher' ? [each.higher, each.lower] : [each.lower, each.higher];
    const clear = each.low > 0 || each.high < 0;
    const good = (better === 'higher') === each.difference > 0;
    const mark = !clear ? style.dim('no clear difference') : good ? style.green('better') : style.red('worse');
    const shown = (value: number) => signedMetric(each.metric, value);
    return [
      each.metric,
      shown(each.difference),
      `${shown(each.low)} to ${shown(each.high)}`,
      each.pValue < 0.001 ? 'p<0.001' : `p=${each.pValue.toFixed(3)}`,
      `${wins}/${losses}/${each.equal}`,
      mark,
    ];
  });
  return table([['', 'difference', '95 % interval', 'p', 'wins/losses/equal', ''], ...rows], style);
}

function gateLines({ gate = [] }: EvalRun, style: Style): string[] {
  return gate.map(
    ({ condition, met, measured }) => `${met ? style.green('✔') : style.red('✖')} ${condition}  ${style.dim(measured)}`,
  );
}

/** The first column to the left, the others to the right, the last one as it is. */
function table(rows: readonly (readonly string[])[], style: Style): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      if (column === 0) return cell.padEnd(widths[0]!);
      return rows[0]![column] === '' ? cell : cell.padStart(widths[column]!);
    });
    const line = cells.join('  ').trimEnd();
    return index === 0 ? style.dim(line) : line;
  });
}

/** `0.4188`, `35 ms`, `1,204`, `$0.0031`; a dash where it was not measured. */
export function shownMetric(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  switch (metricKind(name)?.unit) {
    case 'ms':
      return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US')} ms`;
    case 'tokens':
      return Math.round(value).toLocaleString('en-US');
    case 'usd':
      return `$${value === 0 ? '0' : value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
    default:
      return value.toFixed(4);
  }
}

/** The same with its sign in front. */
export function signedMetric(name: string, value: number): string {
  const shown = shownMetric(name, Math.abs(value));
  return value === 0 ? shown : `${value < 0 ? '−' : '+'}${shown}`;
}
