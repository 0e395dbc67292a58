import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import {
  generateTrace,
  LIST_PRICES,
  peakOf,
  readTrace,
  simulateDay,
  STRATEGIES,
  TRACE_SHAPES,
  type StrategyName,
  type Trace,
  type TraceShape,
} from '@plinth/simulation';
import { Command } from 'commander';
import { ProgressBar } from '../rag/progress-bar.ts';
import { renderDayHtml } from '../simulate/day-html.ts';
import { renderDaySvg } from '../simulate/day-svg.ts';
import { renderDayTable } from '../simulate/day-table.ts';

interface Options {
  readonly trace: string;
  readonly peak?: string;
  readonly hours: string;
  readonly strategy: string;
  readonly servers?: string;
  readonly seed: string;
  readonly sloMs: string;
  readonly serverUsd?: string;
  readonly inputUsd?: string;
  readonly outputUsd?: string;
  readonly json?: boolean;
  readonly svg?: string;
  readonly html?: string;
  readonly exact?: boolean;
}

const EXAMPLES = `
Examples:
  plinth simulate
  plinth simulate --trace diurnal --peak 200 --html report.html
  plinth simulate --trace requests.csv --slo-ms 1000 --strategy own,hybrid
  plinth simulate --trace steady --peak 50 --hours 1 --exact --json

A CSV has one column, the time of each request; or two, a time and the requests a second from then on. Times are ISO 8601 or
seconds. Servers are of a speed that is assumed (packages/simulation/README.md); the router is the one that serves.`;

/** Bytes of a CSV. */
const LARGEST = 256 * 1024 * 1024;

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'run a day of traffic through the router in virtual time: what each way to serve it costs, and how fast it is',
    )
    .option('--trace <shape>', `${TRACE_SHAPES.join(', ')}, or a CSV file`, 'bursty')
    .option(
      '--peak <n>',
      'requests a second at the most; of a CSV, what it is scaled to (default: 1000, a CSV as it is)',
    )
    .option('--hours <n>', 'length of a trace that is made', '24')
    .option('--strategy <names>', `${STRATEGIES.join(', ')}, with commas between them; or all`, 'all')
    .option('--servers <n>', 'own servers (default: as many as the SLO needs, or as is cheapest)')
    .option('--seed <n>', 'the same seed gives the same day', '1')
    .option('--slo-ms <n>', 'milliseconds that 99 of 100 interactive requests may wait for their first token', '2000')
    .option('--server-usd <n>', `of a server, an hour (default: ${LIST_PRICES.serverHour})`)
    .option('--input-usd <n>', `of a managed model, a million prompt tokens (default: ${LIST_PRICES.tokens.input})`)
    .option('--output-usd <n>', `the same of answers (default: ${LIST_PRICES.tokens.output})`)
    .option('--exact', 'simulate every request, however many')
    .option('--json', 'print everything as JSON')
    .option('--svg <file>', 'write the chart')
    .option('--html <file>', 'write a page with charts')
    .addHelpText('after', EXAMPLES)
    .action(simulate);
}

async function simulate(options: Options): Promise<void> {
  const seed = number(options.seed, '--seed', 0, 2 ** 32 - 1);
  const trace = await traceOf(options, seed);
  const strategies = strategiesOf(options.strategy);
  const bars = new Map<string, ProgressBar>();
  let bar: ProgressBar | undefined;
  const result = simulateDay({
    trace,
    seed,
    strategies,
    exact: options.exact === true,
    sloTtftMs: number(options.sloMs, '--slo-ms', 1, 600_000),
    ...(options.servers === undefined ? {} : { servers: Math.round(number(options.servers, '--servers', 1, 10_000)) }),
    prices: pricesOf(options),
    onProgress: (step, share) => {
      const known = bars.get(step) ?? new ProgressBar(step.padEnd(8), process.stderr);
      bars.set(step, known);
      if (bar !== known) bar?.clear();
      bar = known;
      known.draw(Math.round(100 * share), 100);
    },
  });
  bar?.clear();
  await write(options.svg, () => renderDaySvg(result));
  await write(options.html, () => renderDayHtml(result));
  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(result)}\n`
      : renderDayTable(result, styleFor(color), process.stdout.columns || 100),
  );
}

async function traceOf({ trace, peak, hours }: Options, seed: number): Promise<Trace> {
  const most = peak === undefined ? undefined : number(peak, '--peak', 0.01, 100_000);
  if (isShape(trace))
    return generateTrace(trace, { peak: most ?? 1_000, hours: number(hours, '--hours', 1 / 60, 24 * 31), seed });
  const read = readTrace(await readText(trace), basename(trace));
  const highest = peakOf(read);
  if (highest === 0) throw new PlatformError('configuration', `${trace} has no requests in it.`);
  return most === undefined ? read : { ...read, rates: read.rates.map((rate) => (rate * most) / highest) };
}

function isShape(name: string): name is TraceShape {
  return TRACE_SHAPES.some((shape) => shape === name);
}

function strategiesOf(asked: string): StrategyName[] {
  if (asked === 'all') return [...STRATEGIES];
  return asked.split(',').map((name) => {
    const found = STRATEGIES.find((strategy) => strategy === name.trim());
    if (found === undefined)
      throw new PlatformError('configuration', `There is no strategy "${name}". Use ${STRATEGIES.join(', ')}; or all.`);
    return found;
  });
}

function pricesOf({ serverUsd, inputUsd, outputUsd }: Options) {
  if ((serverUsd ?? inputUsd ?? outputUsd) === undefined) return LIST_PRICES;
  const usd = (text: string | undefined, name: string, otherwise: number) =>
    text === undefined ? otherwise : number(text, name, 0, 100_000);
  const { serverHour, tokens, source } = LIST_PRICES;
  return {
    serverHour: usd(serverUsd, '--server-usd', serverHour),
    tokens: {
      input: usd(inputUsd, '--input-usd', tokens.input),
      output: usd(outputUsd, '--output-usd', tokens.output),
    },
    source: `as given; the rest: ${source}`,
  };
}

function number(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new PlatformError('configuration', `${name} must be a number of ${least} to ${most}, not "${text}".`);
  return value;
}

async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > LARGEST)
      throw new PlatformError('configuration', `${file} is over ${LARGEST} bytes.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const shapes = TRACE_SHAPES.join(', ');
    throw new PlatformError('configuration', `Cannot read ${file}. Name a file, or one of ${shapes}.`, {
      cause: error,
    });
  }
}

async function write(name: string | undefined, render: () => string): Promise<void> {
  if (name === undefined) return;
  const file = resolve(name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, render());
  process.stderr.write(`Wrote ${name}\n`);
}
