import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';

/** Plain text: a paragraph ends at a blank line or with its page. */
export function parseText({ bytes }: SourceDocument): ParsedDocument {
  const text = new CanonicalText();
  for (const paragraph of decodeText(bytes)
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*\n|\f/))
    text.add('paragraph', paragraph);
  return text.finish();
}
