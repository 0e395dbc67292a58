import { PlatformError } from '@plinth/contracts';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';

const MOST_DEPTH = 100;

/** A record for each value of a list, or one for all: `path: value` lines. */
export function parseJson({ bytes }: SourceDocument): ParsedDocument {
  const value = valueOf(decodeText(bytes), 'The file is no valid JSON. Check it with a validator.');
  const text = new CanonicalText();
  for (const record of Array.isArray(value) ? (value as unknown[]) : [value]) text.add('record', linesOf(record));
  const title = typeof value === 'object' && value !== null ? (value as { title?: unknown }).title : undefined;
  return text.finish(typeof title === 'string' ? title : undefined);
}

/** A record a line. */
export function parseJsonLines({ bytes }: SourceDocument): ParsedDocument {
  const text = new CanonicalText();
  for (const [index, line] of decodeText(bytes).split(/\r?\n/).entries())
    if (line.trim() !== '') text.add('record', linesOf(valueOf(line, `Line ${index + 1} is no valid JSON.`)));
  return text.finish();
}

function valueOf(source: string, problem: string): unknown {
  try {
    return JSON.parse(source.replace(/^\ufeff/, ''));
  } catch {
    // Without the parser's words: they quote the document.
    throw new PlatformError('invalid_request', problem);
  }
}

function linesOf(value: unknown): string {
  const lines: string[] = [];
  const walk = (part: unknown, path: string, depth: number): void => {
    if (depth > MOST_DEPTH)
      throw new PlatformError('invalid_request', `The JSON is nested deeper than ${MOST_DEPTH} levels. Flatten it.`);
    if (part === null || part === '') return;
    if (typeof part !== 'object') return void lines.push(path === '' ? String(part) : `${path}: ${String(part)}`);
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    if (Array.isArray(part)) part.forEach((one) => walk(one, path, depth + 1));
    else for (const [key, one] of Object.entries(part)) walk(one, at(key), depth + 1);
  };
  walk(value, '', 0);
  return lines.join('\n');
}
