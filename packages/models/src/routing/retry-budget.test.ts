import { expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

const spend = (budget: RetryBudget, now: number) => {
  let taken = 0;
  while (budget.take(now)) taken += 1;
  return taken;
};

it('a budget begins full, earns a share of the requests and a few a second, and saves no more than its most', () => {
  const budget = new RetryBudget({ share: 0.1, perSecond: 2, most: 5 });
  expect(spend(budget, 0)).toBe(5);
  for (let n = 0; n < 30; n++) budget.requested();
  expect(spend(budget, 0)).toBe(3);
  expect(spend(budget, 1_000)).toBe(2);
  expect(spend(budget, 3_600_000)).toBe(5);
});
