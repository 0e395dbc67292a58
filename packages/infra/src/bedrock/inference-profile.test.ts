import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { Guardrail } from './guardrail.ts';
import { InferenceProfile, type InvokeGrant } from './inference-profile.ts';

const US = { systemProfile: 'us.amazon.nova-lite-v1:0', regions: ['us-east-1', 'us-west-2'] };

async function grantOf(model: { systemProfile: string; regions: string[] }, calls?: InvokeGrant['calls']) {
  let statements: unknown;
  await registered(async () => {
    const guardrail = new Guardrail('guard', { keyArn: KEY_ARN });
    const profile = new InferenceProfile('nova', { placement: PLACEMENT, ...model });
    statements = await valueOf(profile.grantInvoke({ guardrail, calls }));
  });
  return statements as { Action: string[]; Resource: string[]; Condition: { StringEquals: Record<string, string> } }[];
}

describe('InferenceProfile', () => {
  it('copies the cross-region profile of this account and Region', async () => {
    const resources = await registered(() => new InferenceProfile('nova', { placement: PLACEMENT, ...US }));
    expect(only(resources, 'aws:bedrock/inferenceProfile:InferenceProfile').inputs['modelSource']).toEqual({
      copyFrom: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
    });
  });

  it('grants calls only with the pinned guardrail, and to the models only through itself', async () => {
    const [direct, through] = await grantOf(US);
    expect(direct?.Condition.StringEquals).toEqual({
      'bedrock:GuardrailIdentifier': 'arn:aws:bedrock:us-east-1:123456789012:guardrail/guard-id:1',
    });
    expect(through?.Condition.StringEquals).toHaveProperty('bedrock:InferenceProfileArn', direct?.Resource[0]);
    expect(through?.Condition.StringEquals).toHaveProperty('bedrock:GuardrailIdentifier');
    expect(through?.Resource).toEqual([
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0',
    ]);
  });

  it('grants a browser the streaming calls alone', async () => {
    for (const { Action } of await grantOf(US, 'stream'))
      expect(Action).toEqual(['bedrock:InvokeModelWithResponseStream']);
  });

  it('adds the model without a Region for a global profile', async () => {
    const [, through] = await grantOf({ systemProfile: 'global.amazon.nova-2-lite-v1:0', regions: ['us-east-1'] });
    expect(through?.Resource).toContain('arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0');
  });
});
