import { describe, expect, it } from 'vitest';
import { PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { BudgetStop, type BudgetStopArgs } from './budget-stop.ts';

const ARGS: BudgetStopArgs = {
  placement: PLACEMENT,
  budgetName: 'batch',
  refuse: ['jobs'],
  roleNames: ['submitter'],
  topicArn: TOPIC_ARN,
};
const stop = (change: Partial<BudgetStopArgs> = {}) => registered(() => new BudgetStop('stop', { ...ARGS, ...change }));

describe('BudgetStop', () => {
  it('refuses jobs to the named roles once the budget is spent', async () => {
    const resources = await stop();
    expect(only(resources, 'aws:budgets/budgetAction:BudgetAction').inputs).toMatchObject({
      actionType: 'APPLY_IAM_POLICY',
      approvalModel: 'AUTOMATIC',
      notificationType: 'ACTUAL',
      actionThreshold: { actionThresholdValue: 100 },
      definition: { iamActionDefinition: { roles: ['submitter'] } },
    });
    const refusal = statementsOf(resources).find(({ Effect }) => Effect === 'Deny');
    expect(refusal?.Action).toContain('batch:SubmitJob');
    expect(refusal?.Action).not.toContain('bedrock:InvokeModel');
  });

  it('lets AWS Budgets put this one refusal on these roles, and nothing else', async () => {
    const resources = await stop();
    const put = statementsOf(resources).find(({ Sid }) => Sid === 'PutOnAndTakeOff');
    expect(put?.Resource).toEqual(['arn:aws:iam::123456789012:role/submitter']);
    expect(put?.Condition).toHaveProperty(['ArnEquals', 'iam:PolicyARN']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('refuses to stop nothing', async () => {
    await expect(stop({ roleNames: [] })).rejects.toThrow(/would stop nothing/);
  });
});
