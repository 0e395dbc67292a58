import type { GuardSummary } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { guardSentences, truncationSentence } from './guard-words.ts';

const one = (detector: string, extra: Partial<GuardSummary> = {}) =>
  guardSentences([{ stage: 'input', action: 'redacted', detector, count: 1, ...extra }])[0];

describe('what the guard did', () => {
  it.each([
    ['email', '1 email address'],
    ['pii.email', '1 email address'],
    ['credit-card', '1 card number'],
    ['creditCard', '1 card number'],
    ['us-ssn', '1 social security number'],
    ['US_SOCIAL_SECURITY_NUMBER', '1 social security number'],
    ['ip-address', '1 IP address'],
    ['secret:github-token', 'A secret (github token)'],
    ['topic:weapons', 'Text on the topic “weapons”'],
    ['bedrock-guardrail', 'Text that Bedrock Guardrails does not allow'],
    ['something_new', 'Text that looks like “something new”'],
  ])('names %s as %s', (detector, words) => {
    expect(one(detector)).toBe(`${words} removed from your message before the model saw it.`);
  });

  it('says where it was and what was done, and counts', () => {
    expect(one('email', { stage: 'output', count: 2 })).toBe(
      '2 email addresses removed from the answer before it reached you.',
    );
    expect(one('topic:weapons', { action: 'blocked' })).toBe('Your message was stopped: text on the topic “weapons”.');
    expect(one('secret:jwt', { stage: 'output', action: 'blocked', count: 3 })).toBe(
      'The answer was stopped: a secret (jwt), 3 times.',
    );
    expect(one('email', { count: 0 })).toMatch(/^1 email address/);
  });

  it('says how many messages were left out, and nothing when none were', () => {
    expect(truncationSentence(0)).toBeUndefined();
    expect(truncationSentence(1)).toMatch(/^The oldest message was/);
    expect(truncationSentence(3)).toMatch(/^The 3 oldest messages were/);
  });
});
