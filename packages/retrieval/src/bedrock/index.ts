export * from './knowledge-base-retriever.ts';
