import type { SourceDocument } from '../../ports/document.ts';

/** A page that keeps its reader in one loop for far longer than a test: quotes in quotes, each line's markers held against all that are open. */
export function slowPage(): SourceDocument {
  const line = '> '.repeat(40_000);
  return { bytes: new TextEncoder().encode(`${line}a\n${line}b`), mediaType: 'text/markdown', name: 'slow.md' };
}
