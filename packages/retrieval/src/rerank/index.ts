export * from './bedrock/bedrock-reranker.ts';
