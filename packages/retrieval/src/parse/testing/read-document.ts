import type { ParsedDocument } from '../../ports/document.ts';
import type { Parse } from '../parse.ts';

/** What a parser makes of a text or of bytes: the title, and `kind` (with a heading's level) and text of each block. */
export async function readDocument(
  parse: Parse,
  content: string | Uint8Array,
): Promise<{ title: ParsedDocument['title']; blocks: [string, string][] }> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { title, text, blocks } = await parse({ bytes, mediaType: '', name: '' });
  return {
    title,
    blocks: blocks.map(({ kind, level, start, end }) => [`${kind}${level ?? ''}`, text.slice(start, end)]),
  };
}
