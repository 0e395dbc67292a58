import { expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { ALWAYS } from './levels.ts';
import { defineRule } from './rule.ts';
import { sample } from './testing/samples.ts';

const stumbling = defineRule({
  id: 'test-stumbling',
  requirement: 1,
  pack: 'baseline',
  title: 'A rule that trips',
  description: 'For a test.',
  severity: 'low',
  levels: ALWAYS,
  remediation: 'None.',
  source: { controls: [], url: 'https://example.com' },
  types: ['aws:kms/key:Key'],
  check() {
    throw new TypeError('no such thing');
  },
});

it('takes a rule that breaks for an objection, never for consent', () => {
  expect(evaluate([stumbling], [sample('aws:kms/key:Key', {})])).toMatchObject([
    { kind: 'violation', level: 'mandatory', message: 'This cannot be judged: no such thing.' },
  ]);
});

it('goes by the name of the stack where no environment is given', () => {
  const [finding] = evaluate(
    [{ ...stumbling, levels: { ...ALWAYS, dev: 'advisory' } }],
    [{ ...sample('aws:kms/key:Key', {}), urn: 'urn:pulumi:team-dev::p::aws:kms/key:Key::it' }],
  );
  expect(finding?.level).toBe('advisory');
});
