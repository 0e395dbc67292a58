import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';
import type { Engine } from '../engine/engine.ts';
import type { GuardrailConfig, GuardrailDefinition } from './guardrail/guardrail-config.ts';
import type { GuardrailDirectory } from './guardrail/guardrail-directory.ts';
import type { ModelDirectory } from './model-directory.ts';

/** What every route of the Bedrock runtime stands on. */
export interface BedrockServices {
  engine: Engine;
  models: ModelDirectory;
  /** The embedding model, and the ids it answers to. */
  embedding: { engine: EmbeddingEngine; models: ModelDirectory } | undefined;
  guardrails: GuardrailDirectory;
  /** Milliseconds, for latencies. */
  now: () => number;
}

export function findGuardrail(
  { guardrails }: BedrockServices,
  config: GuardrailConfig | null | undefined,
): GuardrailDefinition | undefined {
  return config ? guardrails.find(config.guardrailIdentifier, config.guardrailVersion) : undefined;
}
