import { unknownPrice, type UnitPrice } from './unit-price.ts';

const guardrail = (usd: number): UnitPrice => ({
  usd,
  unit: '1,000 text units',
  source: 'https://aws.amazon.com/bedrock/pricing/',
  asOf: '2026-05-14',
});

/** Bedrock Guardrails, by policy; a text unit is up to 1,000 characters. Words and regular expressions are free. */
export const guardrailPolicies = {
  contentFilters: guardrail(0.15),
  deniedTopics: guardrail(0.15),
  personalData: guardrail(0.1),
  grounding: guardrail(0.1),
} as const;

export const provisionedThroughput = unknownPrice(
  'bedrock',
  'model unit-hour',
  'differs by model and commitment, and is not published for all of them',
);
export const customModelJob = unknownPrice('bedrock', '1,000 training tokens', 'differs by base model');
