import { PlatformError } from '@plinth/contracts';
import { parse } from 'csv-parse/sync';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { rowText } from './row-text.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Excel writes the delimiter on a line of its own. */
const TOLD = /^sep=([,;\t|])\r?\n/i;
/** That many lines say what the delimiter is. */
const SAMPLE = { lines: 10, characters: 20_000 };

/** A record per row, each readable by itself: the first row names the columns. */
export function parseCsv({ bytes }: SourceDocument): ParsedDocument {
  const whole = decodeText(bytes);
  const told = TOLD.exec(whole);
  const source = whole.slice(told?.[0].length ?? 0);
  let rows: string[][];
  try {
    rows = parse(source, {
      delimiter: told?.[1] ?? delimiterOf(source),
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    });
  } catch (error) {
    throw new PlatformError('invalid_request', 'The CSV file is broken. Check its quotes.', { cause: error });
  }
  const [head = [], ...records] = rows;
  const text = new CanonicalText();
  if (records.length === 0) text.add('record', head.filter((cell) => cell.trim() !== '').join('; '));
  for (const record of records) text.add('record', rowText(head, record, '\n'));
  return text.finish();
}

/** The one that every line has, and the first has most of: what stands in quotes or in some lines only is part of a text. */
function delimiterOf(source: string): string {
  const sample = source.slice(0, SAMPLE.characters).replace(/"[^"]*"/g, '');
  const lines = sample
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE.lines);
  const counts = DELIMITERS.map((delimiter) => lines.map((line) => line.split(delimiter).length - 1));
  const score = (of: readonly number[]) => Math.min(...of) * SAMPLE.characters + (of[0] ?? 0);
  return DELIMITERS.reduce((best, next) =>
    score(counts[DELIMITERS.indexOf(next)]!) > score(counts[DELIMITERS.indexOf(best)]!) ? next : best,
  );
}
