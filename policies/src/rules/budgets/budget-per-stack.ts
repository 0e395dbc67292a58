import { knownItems } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const budgetPerStack = defineStackRule({
  id: 'budgets-budget-per-stack',
  requirement: 25,
  pack: 'baseline',
  title: 'Every stack has a budget that tells somebody',
  description: 'Model calls are billed by use: a loop or a leaked key shows first in money.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Add an aws.budgets.Budget with notifications to a topic or an address.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html',
  },
  check(stack, report) {
    const budgets = stack.ofType('aws:budgets/budget:Budget');
    if (budgets.length === 0) return report.violation('The stack has no budget.');
    for (const { props, urn } of budgets) {
      if (props.notifications === undefined) report.violation('The budget tells nobody.', urn);
      for (const notification of knownItems(props.notifications, report, urn)) {
        const subscribers = [notification.subscriberEmailAddresses, notification.subscriberSnsTopicArns];
        const unknown = subscribers.find(isUnknown);
        if (subscribers.some((list) => Array.isArray(list) && list.length > 0)) continue;
        if (unknown !== undefined) report.notYetKnown(unknown, urn);
        else report.violation('A notification of the budget has no subscriber.', urn);
      }
    }
  },
});
