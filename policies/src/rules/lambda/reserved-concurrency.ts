import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const lambdaReservedConcurrency = defineRule({
  id: 'lambda-reserved-concurrency',
  requirement: 28,
  pack: 'baseline',
  title: 'Every function has reserved concurrency',
  description:
    'Without a cap one busy function takes the whole account quota, and a burst of model calls has no ceiling.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set reservedConcurrentExecutions to what the load needs.',
  source: { controls: ['CKV_AWS_115'], url: CHECKOV },
  types: ['aws:lambda/function:Function'],
  check(fn, report) {
    judge(
      fn.reservedConcurrentExecutions,
      report,
      (reserved) => reserved !== undefined && reserved >= 0, // -1 is AWS's way to say "no cap"
      'The function may take every concurrent execution of the account.',
    );
  },
});
