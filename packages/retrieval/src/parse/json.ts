import { PlatformError } from '@plinth/contracts';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';

const MOST_DEPTH = 100;
/** A string, or a whole number that JavaScript would round. */
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/gs;

/** A record for each object of a list, wherever the list stands, and one for what stands between: `path: value` lines. */
export function parseJson({ bytes }: SourceDocument): ParsedDocument {
  const value = valueOf(decodeText(bytes), 'The file is no valid JSON. Check it with a validator.');
  const records = new Records();
  records.add(value, '', 0);
  return records.finish(isObject(value) && typeof value.title === 'string' ? value.title : undefined);
}

/** A record a line. */
export function parseJsonLines({ bytes }: SourceDocument): ParsedDocument {
  const records = new Records();
  for (const [index, line] of decodeText(bytes).split(/\r?\n/).entries())
    if (line.trim() !== '') records.addOne(valueOf(line, `Line ${index + 1} is no valid JSON.`), '', 0);
  return records.finish();
}

function valueOf(source: string, problem: string): unknown {
  try {
    // Checked as it is; then read with long numbers as they are written, since they are numbers of accounts and not amounts.
    const value: unknown = JSON.parse(source);
    return /\d{16}/.test(source) ? JSON.parse(source.replace(STRING_OR_LONG_NUMBER, quoted)) : value;
  } catch {
    // Without the parser's words: they quote the document.
    throw new PlatformError('invalid_request', problem);
  }
}

function quoted(part: string): string {
  return part.startsWith('"') ? part : `"${part}"`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Records {
  readonly #text = new CanonicalText();
  #lines: string[] = [];

  /** Lists of objects become records; everything else a line of the record that is being written. */
  add(value: unknown, path: string, depth: number): void {
    bounded(depth);
    if (Array.isArray(value)) {
      const list = value as readonly unknown[];
      const apart = depth === 0 || list.some(isObject);
      for (const one of list)
        if (apart) this.addOne(one, path, depth + 1);
        else this.#write(one, path, depth + 1);
    } else if (isObject(value))
      for (const [key, one] of Object.entries(value)) this.add(one, below(path, key), depth + 1);
    else this.#write(value, path, depth);
  }

  /** A record of its own, whatever is in it. */
  addOne(value: unknown, path: string, depth: number): void {
    this.#flush();
    this.#write(value, path, depth);
    this.#flush();
  }

  finish(title?: string): ParsedDocument {
    this.#flush();
    return this.#text.finish(title);
  }

  #write(value: unknown, path: string, depth: number): void {
    bounded(depth);
    if (Array.isArray(value)) for (const one of value as readonly unknown[]) this.#write(one, path, depth + 1);
    else if (isObject(value))
      for (const [key, one] of Object.entries(value)) this.#write(one, below(path, key), depth + 1);
    else if (value !== null && value !== '')
      this.#lines.push(path === '' ? String(value) : `${path}: ${String(value)}`);
  }

  #flush(): void {
    this.#text.add('record', this.#lines.join('\n'));
    this.#lines = [];
  }
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function bounded(depth: number): void {
  if (depth > MOST_DEPTH)
    throw new PlatformError('invalid_request', `The JSON is nested deeper than ${MOST_DEPTH} levels. Flatten it.`);
}
