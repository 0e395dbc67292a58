import { expect, it } from 'vitest';
import type { Plan, PlanFinding } from '@plinth/planning';
import { renderVerdict, summaryOf } from './policy-verdict.ts';

const finding = (changes: Partial<PlanFinding>): PlanFinding => ({
  rule: 'kms-key-rotation',
  requirement: 1,
  pack: 'baseline',
  title: 'Keys rotate',
  severity: 'medium',
  level: 'mandatory',
  kind: 'violation',
  resource: 'urn:pulumi:dev::p::plinth:governance:Key$aws:kms/key:Key::data',
  message: 'The key is never rotated.',
  remediation: 'Set enableKeyRotation.',
  controls: [],
  url: 'https://example.com',
  ...changes,
});
const plan = (...findings: PlanFinding[]) =>
  ({
    environment: 'dev',
    findings,
    summary: {
      rules: 59,
      mandatory: findings.filter(({ level }) => level === 'mandatory').length,
      advisory: 1,
      notYetKnown: 0,
    },
  }) as Plan;

it('shows what stops a deployment first, worst first, with what to do', () => {
  const text = renderVerdict(
    'chat',
    plan(
      finding({ kind: 'not-yet-known', level: 'advisory', message: 'Not yet known: kmsKeyId.' }),
      finding({ level: 'advisory', resource: null }),
      finding({}),
      finding({ severity: 'critical' }),
    ),
  );
  expect(text.split('\n').filter((line) => /^(\S| {4}\S)/.test(line))).toEqual([
    '✖ chat · dev  2 mandatory, 1 advisory',
    '    ✖ kms-key-rotation  critical, mandatory  aws:kms/key:Key data',
    '    ✖ kms-key-rotation  medium, mandatory  aws:kms/key:Key data',
    '    ! kms-key-rotation  medium, advisory  the stack',
    '    ? kms-key-rotation  aws:kms/key:Key data  Not yet known: kmsKeyId.',
  ]);
  expect(text).toContain('The key is never rotated. Set enableKeyRotation.');
});

it('sums up over all stacks', () => {
  expect(summaryOf([plan(finding({})), plan(finding({}))])).toBe(
    '\n59 rules over 2 plans. 2 findings would stop a deployment.\n',
  );
  expect(summaryOf([plan()])).toContain('Nothing would stop a deployment.');
});
