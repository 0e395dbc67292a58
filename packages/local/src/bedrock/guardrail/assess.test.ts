import { describe, expect, it } from 'vitest';
import { assess } from './assess.ts';
import { GuardrailDefinition, PII_TYPES } from './guardrail-config.ts';

const masking = GuardrailDefinition.parse({
  id: 'masking',
  piiEntities: PII_TYPES.map((type) => ({ type, action: 'ANONYMIZE' })),
  deniedWords: ['omega'],
});

describe('assess', () => {
  it.each([
    ['mail ada.l+x@mail.example.co.uk!', 'mail {EMAIL}!'],
    ['call 555-123-4567 or +1 (555) 123-4567', 'call {PHONE} or {PHONE}'],
    ['SSN 536-90-4399', 'SSN {US_SOCIAL_SECURITY_NUMBER}'],
    ['card 4111 1111 1111 1111, thanks', 'card {CREDIT_DEBIT_CARD_NUMBER}, thanks'],
    ['card 4111-1111-1111-1111', 'card {CREDIT_DEBIT_CARD_NUMBER}'],
  ])('masks %s', (text, expected) => {
    expect(assess(masking, text)).toMatchObject({ action: 'ANONYMIZED', text: expected });
  });

  it.each(['version 1.2.3', 'order 4111 1111 1111 1112', 'SSN 000-12-3456', 'a@b', 'the omegas', 'year 2024-2025'])(
    'leaves %s alone',
    (text) => {
      expect(assess(masking, text)).toEqual({ action: 'NONE', text, assessment: {} });
    },
  );

  it('blocks a denied word whatever its case', () => {
    const { action, assessment } = assess(masking, 'The OMEGA plan');
    expect(action).toBe('BLOCKED');
    expect(assessment.wordPolicy?.customWords).toEqual([{ match: 'OMEGA', action: 'BLOCKED', detected: true }]);
  });

  it('stays fast on text made to slow patterns down', () => {
    const startedAt = performance.now();
    for (const text of ['1-'.repeat(50_000), 'a.'.repeat(50_000), `${'a'.repeat(100_000)}@`, '1 '.repeat(50_000)]) {
      assess(masking, text);
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
