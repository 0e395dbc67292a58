import { escapeText as text } from '@plinth/planning/report';
import type { DayResult, StrategyResult, TimelineBucket } from '@plinth/simulation';
import { dollars, percent, rate, STRATEGY_NAMES, traceWords } from './day-words.ts';

const WIDTH = 1_200;
const LEFT = 72;
const RIGHT = 28;
const TOP = 86;
/** Of one strategy's chart, and between two. */
const HEIGHT = 150;
const GAP = 62;

const FONT = 'font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif';

function theme(dark: boolean): string {
  const [ground, panel, line, ink, soft, own, managed, lost] = dark
    ? ['#0e1420', '#151d2c', '#2b3850', '#eef3fb', '#9fb0ca', '#5fd6a6', '#7ab0ff', '#ff8f9b']
    : ['#f7f9fc', '#ffffff', '#dbe2ec', '#131c2b', '#5a6880', '#0f8a5f', '#2563eb', '#c02636'];
  return (
    `.ground{fill:${ground}}.panel{fill:${panel};stroke:${line}}.grid{stroke:${line}}.name,.head{fill:${ink}}.soft{fill:${soft}}` +
    `.own{fill:${own}}.managed{fill:${managed}}.lost{fill:${lost}}.best{fill:${own}}.late{fill:${lost}}.edge{stroke:${ink}}`
  );
}

const STYLE = [
  `text{${FONT};font-variant-numeric:tabular-nums}`,
  '.name{font-size:22px;font-weight:650}.head{font-size:15px;font-weight:600}.soft{font-size:12.5px}.best,.late{font-size:12.5px;font-weight:600}',
  '.own,.managed,.lost{fill-opacity:.82}.edge{fill:none;stroke-width:1.2;stroke-opacity:.55}.grid{stroke-width:1}',
  theme(false),
  `@media (prefers-color-scheme:dark){${theme(true)}}`,
].join('');

/** Where requests went over time, one chart a strategy, in the reader's light or dark. */
export function renderDaySvg(result: DayResult): string {
  const height = TOP + result.strategies.length * (HEIGHT + GAP) + 12;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${text(result.verdict.words)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="14"/>`,
    `<text class="name" x="28" y="38">Where requests go</text>`,
    `<text class="soft" x="28" y="60">${text(traceWords(result))}</text>`,
    key(),
    ...result.strategies.map((each, index) => panel(result, each, TOP + index * (HEIGHT + GAP))),
    '</svg>',
  ].join('\n')}\n`;
}

function key(): string {
  const entries = [
    ['own', 'own servers'],
    ['managed', 'managed'],
    ['lost', 'refused'],
  ] as const;
  return entries
    .map(([name, words], index) => {
      const x = WIDTH - RIGHT - 290 + index * 105;
      return `<rect class="${name}" x="${x}" y="27" width="11" height="11" rx="3"/><text class="soft" x="${x + 17}" y="37">${words}</text>`;
    })
    .join('');
}

function panel(result: DayResult, each: StrategyResult, top: number): string {
  const { trace, verdict } = result;
  const { strategy, servers, usd, meetsSlo, sloAttainment, timeline, managedShare } = each;
  const seconds = timeline.at(-1)?.to ?? 1;
  const [bottom, right] = [top + 30 + HEIGHT, WIDTH - RIGHT];
  const x = (second: number) => round(LEFT + (second / seconds) * (right - LEFT));
  const y = (perSecond: number) => round(bottom - (perSecond / (1.05 * trace.peak)) * HEIGHT);
  const facts = `${servers === 0 ? 'no servers' : `${servers} server${servers === 1 ? '' : 's'}`}, ${percent(managedShare)} managed, ${percent(sloAttainment, 2)} in time`;
  const mark = !meetsSlo
    ? `<text class="late" x="${right}" y="${top + 18}" text-anchor="end">misses the SLO</text>`
    : strategy === verdict.cheapest
      ? `<text class="best" x="${right}" y="${top + 18}" text-anchor="end">cheapest</text>`
      : '';
  const areas = layers(timeline).map(
    ({ name, low, high }) => `<path class="${name}" d="${area(timeline, low, high, x, y)}"/>`,
  );
  const grid = [0, 0.5, 1].map((part) => {
    const at = y(part * trace.peak);
    return `<path class="grid" d="M${LEFT} ${at}H${right}"/><text class="soft" x="${LEFT - 10}" y="${at + 4}" text-anchor="end">${rate(part * trace.peak)}</text>`;
  });
  return [
    `<text class="head" x="28" y="${top + 18}">${text(STRATEGY_NAMES[strategy])} · ${dollars(usd.total)} <tspan class="soft" dx="8">${text(facts)}</tspan></text>`,
    mark,
    ...grid,
    ...areas,
    ...hours(seconds, x, bottom),
  ].join('');
}

interface Layer {
  readonly name: 'own' | 'managed' | 'lost';
  readonly low: (bucket: TimelineBucket) => number;
  readonly high: (bucket: TimelineBucket) => number;
}

/** Those that have anything in them, from the bottom. */
function layers(timeline: readonly TimelineBucket[]): Layer[] {
  const all: Layer[] = [
    { name: 'own', low: () => 0, high: ({ own }) => own },
    { name: 'managed', low: ({ own }) => own, high: ({ own, managed }) => own + managed },
    {
      name: 'lost',
      low: ({ own, managed }) => own + managed,
      high: ({ own, managed, lost }) => own + managed + lost,
    },
  ];
  return all.filter(({ name }) => timeline.some((bucket) => bucket[name] > 0));
}

/** Steps, as the buckets are. */
function area(
  timeline: readonly TimelineBucket[],
  low: Layer['low'],
  high: Layer['high'],
  x: (second: number) => number,
  y: (perSecond: number) => number,
): string {
  const there = timeline.map((bucket) => `${x(bucket.from)} ${y(high(bucket))}H${x(bucket.to)}`);
  const back = timeline.toReversed().map((bucket) => `${x(bucket.to)} ${y(low(bucket))}H${x(bucket.from)}`);
  return `M${there.join('L')}L${back.join('L')}Z`;
}

function hours(seconds: number, x: (second: number) => number, bottom: number): string[] {
  const step = [60, 300, 900, 3_600, 10_800, 21_600, 86_400].find((each) => seconds / each <= 9) ?? 604_800;
  const label = (second: number) =>
    step < 3_600 ? `${second / 60} min` : step < 86_400 ? `${second / 3_600} h` : `${second / 86_400} d`;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step).map(
    (second) =>
      `<text class="soft" x="${x(second)}" y="${bottom + 18}" text-anchor="${second === 0 ? 'start' : second > 0.97 * seconds ? 'end' : 'middle'}">${label(second)}</text>`,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
