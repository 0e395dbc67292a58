/** What a piece of a document is. A `table-row` and a `record` (of CSV or JSON) are never cut in two unless they are longer than a chunk. */
export type BlockKind = 'heading' | 'paragraph' | 'list-item' | 'quote' | 'code' | 'table-row' | 'record';

/** One block of a document: a slice of its canonical text. */
export interface Block {
  readonly kind: BlockKind;
  /** 1 to 6, of headings. */
  readonly level?: number;
  /** UTF-16 offsets into the canonical text. */
  readonly start: number;
  readonly end: number;
  /** From 1; absent where the format has no pages. */
  readonly page?: number;
}

/** A document as it was read. `text` is its canonical text: every offset, everywhere, is into it. Blocks are in order and do not overlap. */
export interface ParsedDocument {
  readonly title: string | undefined;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Absent where the format has none. */
  readonly pages: number | undefined;
}

/** A document to parse, whole in memory: its size was bounded before it was read. */
export interface SourceDocument {
  readonly bytes: Uint8Array;
  /** As told by whoever sent it; `application/octet-stream` leaves it to the name and the content. */
  readonly mediaType: string;
  /** For its extension, and for a title where the document has none. */
  readonly name: string;
}

/** Any format to text. A document that cannot be read is refused with `invalid_request`, in words for the person who sent it. */
export interface DocumentParser {
  parse(source: SourceDocument, options: { readonly signal: AbortSignal }): Promise<ParsedDocument>;
  close(): Promise<void>;
}

/** A run of a document's text that is embedded and found as one. `text` is exactly `document.text.slice(start, end)`. */
export interface Chunk {
  /** From 0, in order of the document. */
  readonly ordinal: number;
  /** Headings above it, outermost first. */
  readonly headingPath: readonly string[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly pages?: { readonly first: number; readonly last: number };
  /** Of what is embedded: heading path and text. */
  readonly tokens: number;
}
