import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.json': 'application/json',
  '.markdown': 'text/markdown',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
};
const UNTOLD: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80}$/;

/** What is told, without its parameters; what the name's extension says where nothing is; or `application/octet-stream`, which leaves it to the content. */
export function mediaTypeOf(told: string | undefined, name: string): string {
  const type = (told ?? '').split(';')[0]!.trim().toLowerCase();
  if (!UNTOLD.has(type) && MEDIA_TYPE.test(type)) return type;
  return BY_EXTENSION[extname(name).toLowerCase()] ?? 'application/octet-stream';
}

/** Whether files of this name are documents that can be read. */
export function isDocumentName(name: string): boolean {
  return extname(name).toLowerCase() in BY_EXTENSION;
}
