import { PlatformError } from '@plinth/contracts';
import type { SourceDocument } from '../ports/document.ts';

export const FORMATS = ['pdf', 'docx', 'html', 'markdown', 'text', 'csv', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS = new Map<string, Format>([
  ['pdf', 'pdf'],
  ['docx', 'docx'],
  ['html', 'html'],
  ['htm', 'html'],
  ['xhtml', 'html'],
  ['md', 'markdown'],
  ['markdown', 'markdown'],
  ['txt', 'text'],
  ['text', 'text'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['json', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
]);

const MEDIA_TYPES = new Map<string, Format>([
  ['application/pdf', 'pdf'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['text/html', 'html'],
  ['application/xhtml+xml', 'html'],
  ['text/markdown', 'markdown'],
  ['text/csv', 'csv'],
  ['text/tab-separated-values', 'csv'],
  ['application/json', 'json'],
  ['application/jsonl', 'jsonl'],
  ['application/x-ndjson', 'jsonl'],
]);

/** What only Word's packages have in them, in plain bytes. */
const WORD_PART = Buffer.from('word/document.xml');
/** Word's older format; and what encrypts the newer one. */
const COMPOUND_FILE = '\u00d0\u00cf\u0011\u00e0';

/** What a document is, by its content where that says so, then by what its sender said, then by its name. Throws `invalid_request`. */
export function detectFormat({ bytes, mediaType, name }: SourceDocument): Format {
  const start = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  const claimed = claimedFormat(mediaType, name);
  // Readers of PDF allow for something before it; in other documents the letters may be part of the text.
  if (/^(?:\u00ef\u00bb\u00bf)?\s*%PDF-/.test(start) || (claimed === 'pdf' && start.includes('%PDF-'))) return 'pdf';
  if (start.startsWith('PK\u0003\u0004')) {
    if (claimed === 'docx' || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(WORD_PART))
      return 'docx';
    throw unknown();
  }
  if (start.startsWith(COMPOUND_FILE))
    throw new PlatformError(
      'invalid_request',
      'The document is of an older Office format, or encrypted. Save it as DOCX or PDF, without a password.',
    );
  if (claimed === 'pdf' || claimed === 'docx')
    throw new PlatformError(
      'invalid_request',
      `The document is called a ${claimed.toUpperCase()} and is none. Send the file itself.`,
    );
  if (hasBinary(bytes) || start.startsWith('{\\rtf')) throw unknown();
  return claimed ?? (/^(?:\u00ef\u00bb\u00bf)?\s*<(!doctype html|html)\b/i.test(start) ? 'html' : 'text');
}

function claimedFormat(mediaType: string, name: string): Format | undefined {
  const extension = EXTENSIONS.get(/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '');
  const said = MEDIA_TYPES.get(mediaType.split(';')[0]!.trim().toLowerCase());
  // Not every sender knows that they are two.
  return said === 'json' && extension === 'jsonl' ? extension : (said ?? extension);
}

/** No text has a zero in it, but for UTF-16, whose byte order mark tells. */
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
