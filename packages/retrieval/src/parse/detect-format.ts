import { PlatformError } from '@plinth/contracts';
import type { SourceDocument } from '../ports/document.ts';

export const FORMATS = ['pdf', 'docx', 'html', 'markdown', 'text', 'csv', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  pdf: 'pdf',
  docx: 'docx',
  html: 'html',
  htm: 'html',
  md: 'markdown',
  markdown: 'markdown',
  txt: 'text',
  text: 'text',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

const MEDIA_TYPES: Readonly<Record<string, Format>> = {
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/json': 'json',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

/** What a document is, by its content where that says so, then by what its sender said, then by its name. Throws `invalid_request`. */
export function detectFormat({ bytes, mediaType, name }: SourceDocument): Format {
  const start = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  if (start.includes('%PDF-')) return 'pdf';
  const extension = EXTENSIONS[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''];
  const said = MEDIA_TYPES[mediaType.split(';')[0]!.trim().toLowerCase()];
  if (start.startsWith('PK\u0003\u0004')) {
    if (said === 'docx' || extension === 'docx') return 'docx';
    throw unknown();
  }
  const claimed = said ?? extension;
  if (claimed === 'pdf' || claimed === 'docx')
    throw new PlatformError(
      'invalid_request',
      `The document is called a ${claimed.toUpperCase()} and is none. Send the file itself.`,
    );
  if (claimed !== undefined) return claimed;
  if (/^\s*<(!doctype html|html)\b/i.test(start)) return 'html';
  if (mediaType.startsWith('text/') || !hasBinary(bytes)) return 'text';
  throw unknown();
}

function hasBinary(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 8_192);
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  return !wide && start.includes(0);
}

function unknown(): PlatformError {
  return new PlatformError(
    'invalid_request',
    'This kind of document cannot be read. Send PDF, DOCX, HTML, Markdown, text, CSV, JSON or JSONL.',
  );
}
