import type { GuardrailDefinition } from './guardrail-config.ts';

export const INTERVENED_REASON = 'Guardrail blocked or masked content.';
/** Bedrock counts a text unit for every started 1,000 characters. */
const TEXT_UNIT = 1_000;

/** Text units charged, by policy. */
export function guardrailUsage(guardrail: GuardrailDefinition, texts: readonly string[]): Record<string, number> {
  const units = Math.max(1, Math.ceil(characters(texts) / TEXT_UNIT));
  return {
    topicPolicyUnits: 0,
    contentPolicyUnits: 0,
    wordPolicyUnits: guardrail.deniedWords.length > 0 ? units : 0,
    sensitiveInformationPolicyUnits: guardrail.piiEntities.length > 0 ? units : 0,
    sensitiveInformationPolicyFreeUnits: 0,
    contextualGroundingPolicyUnits: 0,
  };
}

/** Everything sent is looked at. */
export function coverage(texts: readonly string[]): { textCharacters: { guarded: number; total: number } } {
  const total = characters(texts);
  return { textCharacters: { guarded: total, total } };
}

function characters(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
