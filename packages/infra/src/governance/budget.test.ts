import { describe, expect, it } from 'vitest';
import { TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered } from '../testing/index.ts';
import { Budget } from './budget.ts';

const budgetOf = async (stack?: string) =>
  only(
    await registered(() => new Budget('money', { monthlyUsd: 120, topicArn: TOPIC_ARN, stack })),
    'aws:budgets/budget:Budget',
  ).inputs;

describe('Budget', () => {
  it('speaks up at half, at four fifths, at the limit, and when the forecast passes it', async () => {
    const notifications = (await budgetOf())['notifications'] as { threshold: number; notificationType: string }[];
    expect(notifications.map(({ notificationType, threshold }) => `${notificationType} ${threshold}`)).toEqual([
      'ACTUAL 50',
      'ACTUAL 80',
      'ACTUAL 100',
      'FORECASTED 100',
    ]);
  });

  it('counts the whole account, or one stack by its tag', async () => {
    expect(await budgetOf()).not.toHaveProperty('costFilters');
    expect(await budgetOf('public-chat')).toMatchObject({
      costFilters: [{ name: 'TagKeyValue', values: ['user:plinth-stack$public-chat'] }],
    });
  });
});
