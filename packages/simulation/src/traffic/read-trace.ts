import { PlatformError } from '@plinth/contracts';
import type { Trace } from './trace.ts';

/** Seconds a trace may span. */
const LONGEST = 31 * 24 * 3_600;
/** Requests a second. */
const MOST = 1e6;
/** Numbers over it are milliseconds since 1970, those under it seconds. */
const MILLISECONDS = 1e11;

/**
 * Traffic from CSV. One column: the time of each request. Two: a time, and the requests a second from then on until the next. Times are ISO
 * 8601 or seconds, from any beginning; a first line of names is passed over.
 *
 * @throws PlatformError `configuration`, naming the line that cannot be read
 */
export function readTrace(text: string, name: string): Trace {
  const rows = text.split(/\r?\n/).map((line, index) => ({ cells: line.split(/[,;\t]/), line: index + 1 }));
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [first] = filled;
  if (first !== undefined && secondOf(first.cells[0]!) === undefined && filled.length > 1) filled.shift();
  if (filled.length === 0) refuse(name, 1, 'has no time, and no other has one');
  const columns = filled[0]!.cells.length;
  if (columns > 2) refuse(name, filled[0]!.line, `has ${columns} columns; give a time alone, or a time and a rate`);
  return { name, rates: columns === 1 ? countPerSecond(filled, name) : holdRates(filled, name) };
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

function countPerSecond(rows: readonly Row[], name: string): Float64Array {
  const times = rows.map((row) => timeOf(row, 1, name));
  const start = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const end = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const rates = new Float64Array(spanOf(start, start + Math.floor(end - start) + 1, name, rows.at(-1)!.line));
  for (const time of times) rates[Math.floor(time - start)]! += 1;
  return rates;
}

function holdRates(rows: readonly Row[], name: string): Float64Array {
  const points = rows.map((row) => ({ time: timeOf(row, 2, name), rate: rateOf(row, name), line: row.line }));
  for (const [index, { time, line }] of points.entries())
    if (index > 0 && time <= points[index - 1]!.time) refuse(name, line, 'is not later than the one before');
  const start = points[0]!.time;
  const last = points.at(-1)!;
  // The last rate holds as long as the one before it.
  const step = points.length > 1 ? last.time - points.at(-2)!.time : 1;
  const rates = new Float64Array(spanOf(start, last.time + step, name, last.line));
  for (const [index, { time, rate }] of points.entries())
    rates.fill(rate, Math.round(time - start), Math.round((points[index + 1]?.time ?? last.time + step) - start));
  return rates;
}

function timeOf({ cells, line }: Row, columns: number, name: string): number {
  if (cells.length !== columns)
    refuse(name, line, `has ${cells.length} column${cells.length === 1 ? '' : 's'}, the others have ${columns}`);
  const time = secondOf(cells[0]!);
  if (time === undefined) refuse(name, line, `has no time: "${cells[0]!.trim().slice(0, 40)}"`);
  return time;
}

function rateOf({ cells, line }: Row, name: string): number {
  const rate = Number(cells[1]);
  if (cells[1]!.trim() === '' || !(rate >= 0 && rate <= MOST))
    refuse(name, line, `has no rate of 0 to ${MOST.toLocaleString('en-US')}: "${cells[1]!.trim().slice(0, 40)}"`);
  return rate;
}

function secondOf(cell: string): number | undefined {
  const trimmed = cell.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  if (Number.isFinite(number)) return number > MILLISECONDS ? number / 1_000 : number;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : date / 1_000;
}

function spanOf(start: number, end: number, name: string, line: number): number {
  const seconds = Math.ceil(end - start);
  if (seconds > LONGEST) refuse(name, line, 'is over 31 days after the first; give all times in one unit');
  return Math.max(1, seconds);
}

function refuse(name: string, line: number, problem: string): never {
  throw new PlatformError('configuration', `${name}: line ${line} ${problem}.`);
}
