import type { AnswerPassage, AnswerRecord } from '../ports/answer-store.ts';
import type { Library } from '../ports/document-index.ts';
import type { Reader, Retriever } from '../ports/retriever.ts';

/** What may be shown of a passage today. */
export interface CitedText {
  readonly title: string;
  readonly url?: string;
  readonly text: string;
}

/** Reads the passages of an answer again, under what its asker may read now. Undefined for one that is gone or no longer theirs. */
export type ReadCitedTexts = (
  reader: Reader,
  answer: AnswerRecord,
  options: { readonly signal: AbortSignal },
) => Promise<readonly (CitedText | undefined)[]>;

/** Out of the library: of each version its kept text, by row-level security. */
export function citedFromLibrary(library: Pick<Library, 'get' | 'text'>): ReadCitedTexts {
  return async (reader, { passages }, { signal }) => {
    const documents = new Map<string, { title: string; url?: string; text: string } | undefined>();
    const keyOf = ({ documentId, version }: AnswerPassage) => `${version} ${documentId}`;
    for (const passage of passages) {
      signal.throwIfAborted();
      const key = keyOf(passage);
      if (documents.has(key)) continue;
      const kept = await library.text(reader, passage.documentId, passage.version);
      const record = kept === undefined ? undefined : await library.get(reader, passage.documentId);
      documents.set(
        key,
        kept === undefined || record === undefined
          ? undefined
          : { title: record.title, url: record.uri, text: kept.text },
      );
    }
    return passages.map((passage) => {
      const document = documents.get(keyOf(passage));
      return document && { ...document, text: document.text.slice(passage.start, passage.end) };
    });
  };
}

/** Where there is no library: the question is searched for again, and what is found of the same passages is what may be read. */
export function citedFromSearch(retriever: Retriever): ReadCitedTexts {
  return async (reader, { query, search, passages }, { signal }) => {
    const found = await retriever.retrieve({ text: query, reader, ...search }, { signal });
    const texts = new Map(
      found.passages.map(({ passage }): [string, CitedText] => [
        passage.id,
        { title: passage.title, url: passage.uri, text: passage.text },
      ]),
    );
    return passages.map(({ id }) => texts.get(id));
  };
}
