import type { CiRun, StepResult } from './ci-run.ts';

const MARKS: Record<StepResult['result'], string> = { passed: '✔', failed: '✖', 'not run': '·' };

/** One line for each step: result, name, time and, where it failed, how to run it alone. */
export function renderTable({ steps, passed }: Pick<CiRun, 'steps' | 'passed'>): string {
  const width = Math.max(4, ...steps.map(({ name }) => name.length));
  const lines = steps.map(
    ({ name, result, seconds, command }) =>
      `${MARKS[result]} ${name.padEnd(width)}  ${timeOf(seconds).padStart(8)}  ${result}${result === 'failed' ? `: ${command}` : ''}`,
  );
  return `\n  ${'step'.padEnd(width)}  ${'time'.padStart(8)}  result\n${lines.join('\n')}\n\n${verdict(steps, passed)}\n`;
}

/** The same as Markdown, for the summary of a run. */
export function renderSummary({ steps, passed }: Pick<CiRun, 'steps' | 'passed'>): string {
  const rows = steps.map(
    ({ name, result, seconds, command }) =>
      `| ${MARKS[result]} ${result} | ${name} | ${timeOf(seconds)} | \`${command}\` |`,
  );
  return `| result | step | time | command |\n| --- | --- | --: | --- |\n${rows.join('\n')}\n\n${verdict(steps, passed)}\n`;
}

function verdict(steps: readonly StepResult[], passed: boolean): string {
  if (passed)
    return `All ${steps.length} steps passed in ${timeOf(steps.reduce((sum, { seconds }) => sum + seconds, 0))}.`;
  const count = (which: StepResult['result']) => steps.filter(({ result }) => result === which).length;
  const left = count('not run') > 0 ? `, ${count('not run')} not run` : '';
  return `${count('failed')} of ${steps.length} steps failed${left}.`;
}

/** `0.4 s`, `59.9 s`, `1 m 00 s`. */
function timeOf(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
}
