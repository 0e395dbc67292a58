import { judgeCustomerKey } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const lambdaEnvironmentEncryption = defineRule({
  id: 'lambda-environment-encryption',
  requirement: 4,
  pack: 'baseline',
  title: 'Function environments are encrypted under a customer-managed key',
  description: 'With a key of its own, reading a function configuration also takes the right to use that key.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set kmsKeyArn to the ARN of a key of the stack or the foundation.',
  source: { controls: ['CKV_AWS_173'], url: CHECKOV },
  types: ['aws:lambda/function:Function'],
  check(fn, report) {
    const environment = fn.environment;
    if (environment === undefined) return;
    if (isUnknown(environment)) report.notYetKnown(environment);
    judgeCustomerKey(fn.kmsKeyArn, report, 'The environment');
  },
});
