import type { UrlCitation } from '@plinth/contracts';
import type { PackedPassage } from './pack.ts';
import type { SupportSpan } from './support.ts';

/** Where a reader finds a document that has no address of its own. */
export function documentUrl(documentId: string): string {
  return `/v1/documents/${encodeURIComponent(documentId)}/content`;
}

/**
 * The source of a sentence. The quotation is cut out of the document by us, at the span that bears the sentence out: no model has a part in it. Where
 * the policy took something out of that span it is left empty, and the offsets lead whoever may read the document to it.
 */
export function citationOf(
  sentence: { readonly start: number; readonly end: number },
  span: SupportSpan,
  { found: { passage }, header, text, whole }: PackedPassage,
): UrlCitation {
  const { documentId, version, id, start, uri, pages } = passage;
  return {
    url: uri ?? documentUrl(documentId),
    title: whole ? passage.title : header,
    start_index: sentence.start,
    end_index: sentence.end,
    document_id: documentId,
    version,
    passage_id: id,
    ...(pages === undefined ? {} : { page: pages.first }),
    quote: whole || text.includes(span.text) ? span.text : '',
    start: start + span.start,
    end: start + span.end,
  };
}
