import * as z from 'zod';

const Action = z.enum(['BLOCK', 'ANONYMIZE']);
export const PII_TYPES = ['EMAIL', 'PHONE', 'US_SOCIAL_SECURITY_NUMBER', 'CREDIT_DEBIT_CARD_NUMBER'] as const;
export type PiiType = (typeof PII_TYPES)[number];

/** A guardrail as this server knows it: a small part of what Bedrock's can do, under the same names. */
export const GuardrailDefinition = z.object({
  id: z.string().regex(/^[a-z0-9]{1,64}$/, 'is a guardrail id: small letters and digits'),
  /** The published version; DRAFT always works too. */
  version: z
    .string()
    .regex(/^[1-9]\d{0,7}$/)
    .default('1'),
  piiEntities: z
    .array(z.object({ type: z.enum(PII_TYPES), action: Action }))
    .max(PII_TYPES.length)
    .default([]),
  /** Whole words or phrases, matched without regard to case; each blocks. */
  deniedWords: z.array(z.string().trim().min(1).max(100)).max(1_000).default([]),
  blockedInputMessaging: z.string().min(1).max(500).default('Sorry, the model cannot answer this question.'),
  blockedOutputsMessaging: z.string().min(1).max(500).default('Sorry, the model cannot answer this question.'),
});
export type GuardrailDefinition = z.infer<typeof GuardrailDefinition>;

/** What a request says about the guardrail to apply. */
export const GuardrailConfig = z.object({
  guardrailIdentifier: z.string().min(1).max(2_048),
  guardrailVersion: z.string().min(1).max(8),
  trace: z.enum(['enabled', 'disabled', 'enabled_full']).nullish(),
  streamProcessingMode: z.enum(['sync', 'async']).nullish(),
});
export type GuardrailConfig = z.infer<typeof GuardrailConfig>;

/** There from the start, so that a guarded request works with no setting at all. */
export const DEFAULT_GUARDRAIL: GuardrailDefinition = GuardrailDefinition.parse({
  id: 'plinthlocal',
  piiEntities: [
    { type: 'EMAIL', action: 'ANONYMIZE' },
    { type: 'PHONE', action: 'ANONYMIZE' },
    { type: 'CREDIT_DEBIT_CARD_NUMBER', action: 'ANONYMIZE' },
    { type: 'US_SOCIAL_SECURITY_NUMBER', action: 'BLOCK' },
  ],
});
