export * from './bedrock/guardrail/guardrail-config.ts';
export * from './embedding/embedding-engine.ts';
export * from './engine/engine.ts';
export * from './environment.ts';
export type { EngineOptions } from './load-engines.ts';
export * from './start-local.ts';
export { locateWeights, type LocateOptions, type LocatedWeights } from './weights/locate-weights.ts';
export { KNOWN_MODELS, MINILM_L6_INT8, SMOLLM2_135M, type KnownModel } from './weights/manifest.ts';
export type { WeightsProgress, WeightsSource } from './weights/source.ts';
