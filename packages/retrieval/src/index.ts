export { migrate } from './database/migrations/index.ts';
export * from './embed/index.ts';
export * from './index/document-index.ts';
export * from './index/hybrid-retriever.ts';
export * from './index/library.ts';
export type * from './ports/index.ts';
export * from './search/feedback.ts';
export * from './search/fuse.ts';
