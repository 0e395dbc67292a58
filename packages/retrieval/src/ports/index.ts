export type * from './answer-store.ts';
export type * from './database.ts';
export type * from './document-index.ts';
export type * from './document.ts';
export type * from './embedder.ts';
export type * from './query-rewriter.ts';
export type * from './reranker.ts';
export type * from './retriever.ts';
