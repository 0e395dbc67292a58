/** Who reads: from the verified token, never from the request. */
export interface Reader {
  readonly tenant: string;
  readonly principal: string;
  /** Without groups nothing is readable. */
  readonly groups: readonly string[];
}

/** A passage of a document, as found. */
export interface Passage {
  /** Unique in the index; of another version of the document it is another. */
  readonly id: string;
  readonly documentId: string;
  readonly version: number;
  readonly ordinal: number;
  readonly title: string;
  readonly uri: string | undefined;
  readonly headingPath: readonly string[];
  readonly text: string;
  /** UTF-16 offsets into the canonical text of that version. */
  readonly start: number;
  readonly end: number;
  readonly pages?: { readonly first: number; readonly last: number };
  readonly tokens: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Rank from 1, and the score itself. */
export interface Placing {
  readonly rank: number;
  readonly score: number;
}

export interface ScoredPassage {
  readonly passage: Passage;
  readonly lexical?: Placing;
  readonly dense?: Placing;
  readonly fused: Placing;
  readonly rerank?: Placing;
}

export type RetrievalMethod = 'hybrid' | 'lexical' | 'dense';

/** Metadata that must be equal; a list means any of its values. */
export type MetadataFilter = Readonly<
  Record<string, string | number | boolean | readonly (string | number | boolean)[]>
>;

export interface RetrievalQuery {
  readonly text: string;
  readonly reader: Reader;
  /** Passages wanted at most, 1 to 100. */
  readonly limit: number;
  /** @default 'hybrid' */
  readonly method?: RetrievalMethod;
  /** @default true where the retriever has a reranker */
  readonly rerank?: boolean;
  readonly filter?: MetadataFilter;
}

/** Best first. */
export interface Retrieval {
  readonly passages: readonly ScoredPassage[];
  /** The embedding model and, where one judged, the reranker: for explanations. */
  readonly models: { readonly embedding?: string; readonly reranker?: string };
}

/** Finds passages that a reader may read. The database enforces who may; a retriever that cannot must filter before it returns. */
export interface Retriever {
  retrieve(query: RetrievalQuery, options: { readonly signal: AbortSignal }): Promise<Retrieval>;
}
