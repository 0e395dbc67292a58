import { PlatformError } from '@plinth/contracts';
import { parse } from 'csv-parse/sync';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { rowText } from './row-text.ts';

const DELIMITERS = [',', ';', '\t', '|'];

/** A record per row, each readable by itself: the first row names the columns. */
export function parseCsv({ bytes }: SourceDocument): ParsedDocument {
  const source = decodeText(bytes);
  let rows: string[][];
  try {
    rows = parse(source, {
      delimiter: delimiterOf(source),
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
  if (records.length === 0) text.add('record', head.join('; '));
  for (const record of records) text.add('record', rowText(head, record, '\n'));
  return text.finish();
}

/** The one that the first line has most of. */
function delimiterOf(source: string): string {
  const line = source.slice(0, 10_000).split(/\r?\n/, 1)[0]!;
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}
