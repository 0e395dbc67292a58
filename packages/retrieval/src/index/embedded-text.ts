import { createHash } from 'node:crypto';
import type { Chunk } from '../ports/document.ts';

/** What is embedded of a chunk: its headings, outermost first, on a line of their own, then its text. */
export function embeddedText({ headingPath, text }: Pick<Chunk, 'headingPath' | 'text'>): string {
  return headingPath.length === 0 ? text : `${headingPath.join(' > ')}\n${text}`;
}

/** Hex SHA-256 of it: equal texts have equal vectors, so the second need not be embedded. */
export function textHash(chunk: Pick<Chunk, 'headingPath' | 'text'>): string {
  return createHash('sha256').update(embeddedText(chunk)).digest('hex');
}
