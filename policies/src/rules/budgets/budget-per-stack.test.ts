import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { budgetPerStack } from './budget-per-stack.ts';

const notification = {
  comparisonOperator: 'GREATER_THAN',
  notificationType: 'ACTUAL',
  threshold: 80,
  thresholdType: 'PERCENTAGE',
};
const budget = (notifications?: unknown) =>
  sample('aws:budgets/budget:Budget', { budgetType: 'COST', timeUnit: 'MONTHLY', notifications } as object);

describeRule(budgetPerStack, {
  passes: {
    'a topic whose ARN is not known yet': [budget([{ ...notification, subscriberSnsTopicArns: [UNKNOWN] }])],
    'a budget that mails': [budget([{ ...notification, subscriberEmailAddresses: ['a@example.com'] }])],
  },
  fails: {
    'a list of nobody': { given: [budget([{ ...notification, subscriberEmailAddresses: [] }])], says: /no subscriber/ },
    'a stack without a budget': { given: [sample('aws:kms/key:Key', {})], says: /no budget/ },
    'a notification nobody gets': { given: [budget([notification])], says: /no subscriber/ },
  },
  missing: { fails: { 'no notification': { given: [budget()], says: /tells nobody/ } } },
  unknown: {
    'the notifications': [budget(UNKNOWN)],
    'one notification': [budget([UNKNOWN])],
    'who hears of it': [budget([{ ...notification, subscriberSnsTopicArns: UNKNOWN }])],
  },
});
