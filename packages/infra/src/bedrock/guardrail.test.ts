import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import type { GuardrailPolicy } from './guardrail-policy.ts';
import { Guardrail } from './guardrail.ts';

const guardrail = (policy?: GuardrailPolicy) => registered(() => new Guardrail('guard', { keyArn: KEY_ARN, policy }));
const RULES = 'aws:bedrock/guardrail:Guardrail';
const VERSION = 'aws:bedrock/guardrailVersion:GuardrailVersion';

describe('Guardrail', () => {
  it('has every content filter on, prompt attacks on prompts included', async () => {
    const { inputs } = only(await guardrail(), RULES);
    const { filtersConfigs } = inputs['contentPolicyConfig'] as { filtersConfigs: Record<string, string>[] };
    expect(filtersConfigs.map(({ type, inputStrength }) => `${type} ${inputStrength}`).sort()).toEqual([
      'HATE HIGH',
      'INSULTS HIGH',
      'MISCONDUCT HIGH',
      'PROMPT_ATTACK HIGH',
      'SEXUAL HIGH',
      'VIOLENCE HIGH',
    ]);
  });

  it('masks contact data, blocks secrets, and is encrypted under our key', async () => {
    const { inputs } = only(await guardrail({ pii: { EMAIL: 'BLOCK' } }), RULES);
    expect(inputs['kmsKeyArn']).toBe(KEY_ARN);
    const { piiEntitiesConfigs } = inputs['sensitiveInformationPolicyConfig'] as { piiEntitiesConfigs: unknown[] };
    expect(piiEntitiesConfigs).toContainEqual({ type: 'EMAIL', action: 'BLOCK' });
    expect(piiEntitiesConfigs).toContainEqual({ type: 'PHONE', action: 'ANONYMIZE' });
    expect(piiEntitiesConfigs).toContainEqual({ type: 'AWS_SECRET_KEY', action: 'BLOCK' });
  });

  it('publishes a new version exactly when its rules change', async () => {
    const version = async (policy?: GuardrailPolicy) => only(await guardrail(policy), VERSION).inputs['description'];
    expect(await version()).toBe(await version({}));
    expect(await version({ filterStrength: 'LOW' })).not.toBe(await version());
    expect(await version({ deniedTopics: [{ name: 'tax', definition: 'Advice on taxes.' }] })).not.toBe(
      await version(),
    );
  });

  it('checks answers against their sources where that is asked for, and publishes a version for it', async () => {
    const resources = await guardrail({ grounding: { groundingThreshold: 0.8, relevanceThreshold: 0.6 } });
    expect(only(resources, RULES).inputs['contextualGroundingPolicyConfig']).toEqual({
      filtersConfigs: [
        { type: 'GROUNDING', threshold: 0.8 },
        { type: 'RELEVANCE', threshold: 0.6 },
      ],
    });
    const plain = await guardrail();
    expect(only(plain, RULES).inputs).not.toHaveProperty('contextualGroundingPolicyConfig');
    expect(only(resources, VERSION).inputs['description']).not.toBe(only(plain, VERSION).inputs['description']);
  });

  it('refuses a grounding threshold that would let nothing pass', async () => {
    await expect(guardrail({ grounding: { groundingThreshold: 1, relevanceThreshold: 0.5 } })).rejects.toThrow(
      /0 and 0.99/,
    );
  });

  it('gives callers a numbered version to pin, and the right to apply it', async () => {
    await registered(async () => {
      const guard = new Guardrail('guard', { keyArn: KEY_ARN });
      expect(await valueOf(guard.identifier)).toMatch(/:guardrail\/guard-id:1$/);
      const [apply, read] = await valueOf(guard.grantApply());
      expect(apply).toMatchObject({ Action: ['bedrock:ApplyGuardrail'] });
      expect(read).toMatchObject({ Action: ['kms:Decrypt'], Resource: [KEY_ARN] });
    });
  });
});
