export * from './contract-script.ts';
export { bedrockCatalogModel, bedrockRuntimeFor, converseHarness, invokeLlamaHarness } from './bedrock-harness.ts';
export { describeModelClientContract } from './model-client-contract.ts';
export { openaiCatalogModel, openaiHarness } from './openai-harness.ts';
export * from './read-events.ts';
export { sagemakerCatalogModel, sagemakerHarness, sagemakerRuntimeFor } from './sagemaker-harness.ts';
export { startWireServer, type WireAnswer, type WireRequest, type WireServer } from './wire-server.ts';
