export * from './bedrock/bedrock-embedder.ts';
export * from './open-embedder.ts';
export * from './openai/openai-embedder.ts';
export * from './sagemaker/sagemaker-embedder.ts';
