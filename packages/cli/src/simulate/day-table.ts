import type { Style } from '@plinth/planning/report';
import type { DayResult, TimelineBucket } from '@plinth/simulation';
import { assumptionWords, COLUMNS, STRATEGY_NAMES, traceWords } from './day-words.ts';

const LEVELS = ' ▁▂▃▄▅▆▇█';
/** Lines of a strategy's chart. */
const HEIGHT = 3;
const LABEL = 17;

/** A day for a terminal: the verdict, a line a strategy, and where requests went over time. */
export function renderDayTable(result: DayResult, style: Style, width = 100): string {
  const heads = ['', ...COLUMNS.map(({ head }) => head)];
  const rows = result.strategies.map((each) => [STRATEGY_NAMES[each.strategy], ...COLUMNS.map(({ of }) => of(each))]);
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  const charts = result.strategies.flatMap(({ strategy, timeline }) => [
    '',
    ...chart(STRATEGY_NAMES[strategy], timeline, result.trace.peak, style, width),
  ]);
  return `${[
    style.dim(traceWords(result)),
    '',
    style.bold(result.verdict.words),
    '',
    style.dim(line(heads)),
    ...rows.map((row, index) => {
      const { strategy, meetsSlo } = result.strategies[index]!;
      if (!meetsSlo) return style.red(line(row));
      return strategy === result.verdict.cheapest ? style.green(line(row)) : line(row);
    }),
    ...charts,
    '',
    `${' '.repeat(LABEL)}${style.cyan('█')} own  ${style.yellow('█')} managed  ${style.red('█')} refused`,
    ...assumptionWords(result).map((text) => style.dim(text)),
  ].join('\n')}\n`;
}

/** Each column in its own height; the color says what most of what is drawn there is, own capacity at the bottom. */
function chart(name: string, timeline: readonly TimelineBucket[], peak: number, style: Style, width: number): string[] {
  const columns = squeeze(timeline, Math.max(20, Math.min(120, width - LABEL - 1)));
  return Array.from({ length: HEIGHT }, (_, row) => {
    const base = HEIGHT - 1 - row;
    const cells = columns.map(({ own, managed, lost }) => {
      const all = ((own + managed + lost) / peak) * HEIGHT;
      const level = Math.max(0, Math.min(1, all - base));
      const middle = ((base + level / 2) / HEIGHT) * peak;
      const paint = middle <= own ? style.cyan : middle <= own + managed ? style.yellow : style.red;
      const mark = LEVELS[Math.round(level * (LEVELS.length - 1))]!;
      return mark === ' ' ? mark : paint(mark);
    });
    return `${(row === 0 ? name : '').padEnd(LABEL)}${cells.join('')}`.trimEnd();
  });
}

/** As many columns as there is room for, each the busiest of those it stands for: a burst stays to be seen. */
function squeeze(timeline: readonly TimelineBucket[], columns: number): readonly TimelineBucket[] {
  if (timeline.length <= columns) return timeline;
  return Array.from({ length: columns }, (_, column) => {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * timeline.length) / columns)) as [
      number,
      number,
    ];
    return timeline
      .slice(from, to)
      .reduce((most, each) =>
        each.own + each.managed + each.lost > most.own + most.managed + most.lost ? each : most,
      );
  });
}
