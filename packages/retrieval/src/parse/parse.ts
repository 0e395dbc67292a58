import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { detectFormat, type Format } from './detect-format.ts';

export type Parse = (source: SourceDocument) => ParsedDocument | Promise<ParsedDocument>;

/** One per format, loaded when it is needed first. */
const PARSERS: Readonly<Record<Format, () => Promise<Parse>>> = {
  pdf: async () => (await import('./pdf.ts')).parsePdf,
  docx: async () => (await import('./docx.ts')).parseDocx,
  html: async () => (await import('./html.ts')).parseHtml,
  markdown: async () => (await import('./markdown.ts')).parseMarkdown,
  text: async () => (await import('./text.ts')).parseText,
  csv: async () => (await import('./csv.ts')).parseCsv,
  json: async () => (await import('./json.ts')).parseJson,
  jsonl: async () => (await import('./json.ts')).parseJsonLines,
};

/** Any document to text, in this process: without a bound on time and memory, for which there is `createBoundedParser`. */
export async function parseDocument(source: SourceDocument): Promise<ParsedDocument> {
  const parse = await PARSERS[detectFormat(source)]();
  return parse(source);
}
