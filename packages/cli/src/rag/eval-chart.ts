import { escapeText as text } from '@plinth/planning/report';
import { metricKind } from '@plinth/retrieval/evaluate';
import { metricNames, type EvalReport } from './eval-run.ts';
import { shownMetric } from './eval-table.ts';

const BAR = 14;
const GAP = 18;
const LABEL = 170;
const WIDTH = 860;
const SCALE = WIDTH - LABEL - 90;

/** Shares of all configurations as bars from 0 to 1, grouped by metric: an SVG that needs nothing else. Colours are classes `run-0` to `run-5`. */
export function sharesChart(report: EvalReport): string {
  const { runs } = report;
  const names = metricNames(report).filter((name) => metricKind(name)?.unit === 'share');
  const group = runs.length * BAR + GAP;
  const height = names.length * group + 40;
  const bars = names.flatMap((name, at) =>
    runs.map(({ result, name: run }, index) => {
      const value = result.totals[name];
      if (value === undefined) return '';
      const y = 24 + at * group + index * BAR;
      const label = `${run}, ${name}: ${shownMetric(name, value)}`;
      return `<rect class="run-${index % 6}" x="${LABEL}" y="${y}" width="${(value * SCALE).toFixed(1)}" height="${BAR - 3}" rx="2"><title>${text(label)}</title></rect><text class="value" x="${(LABEL + value * SCALE + 6).toFixed(1)}" y="${y + BAR - 5}">${shownMetric(name, value)}</text>`;
    }),
  );
  const labels = names.map(
    (name, at) =>
      `<text class="metric" x="${LABEL - 12}" y="${24 + at * group + (runs.length * BAR) / 2 + 3}" text-anchor="end">${text(name)}</text>`,
  );
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const x = (LABEL + share * SCALE).toFixed(1);
    return `<line class="grid" x1="${x}" x2="${x}" y1="16" y2="${height - 20}"/><text class="tick" x="${x}" y="${height - 6}" text-anchor="middle">${share}</text>`;
  });
  return svg(height, `Metrics of ${runs.length} configurations`, [...grid, ...labels, ...bars]);
}

/** Every question's difference to the baseline, sorted: how many gain, how many lose, and by how much. */
export function differencesChart(metric: string, differences: readonly number[]): string {
  const sorted = [...differences].sort((a, b) => b - a);
  const most = Math.max(1e-9, ...sorted.map(Math.abs));
  const [height, middle] = [180, 90];
  const step = (WIDTH - LABEL - 30) / Math.max(1, sorted.length);
  const bars = sorted.map((value, index) => {
    const size = (Math.abs(value) / most) * (middle - 20);
    const y = value >= 0 ? middle - size : middle;
    return `<rect class="${value >= 0 ? 'gain' : 'loss'}" x="${(LABEL + index * step).toFixed(2)}" y="${y.toFixed(2)}" width="${Math.max(0.5, step - (step > 3 ? 1 : 0)).toFixed(2)}" height="${size.toFixed(2)}"/>`;
  });
  const axis = `<line class="grid" x1="${LABEL}" x2="${WIDTH - 30}" y1="${middle}" y2="${middle}"/>`;
  const ends = [
    [`+${shownMetric(metric, most)}`, 24],
    ['0', middle + 4],
    [`−${shownMetric(metric, most)}`, height - 14],
  ].map(([label, y]) => `<text class="tick" x="${LABEL - 12}" y="${y}" text-anchor="end">${label}</text>`);
  return svg(height, `Difference of ${metric}, question by question`, [axis, ...ends, ...bars]);
}

function svg(height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${text(title)}"><title>${text(title)}</title>${parts.join('')}</svg>`;
}
