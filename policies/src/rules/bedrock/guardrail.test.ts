import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { guardrailContentFilters } from './guardrail-content-filters.ts';
import { guardrailPrivacy } from './guardrail-privacy.ts';

const TYPES = ['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'];
const filter = (type: string, changes: object = {}) => ({
  type,
  inputStrength: 'HIGH',
  outputStrength: type === 'PROMPT_ATTACK' ? 'NONE' : 'HIGH',
  ...changes,
});
const guardrail = (filtersConfigs: unknown) => ({ contentPolicyConfig: { filtersConfigs } });
const changed = (type: string, changes: object) =>
  guardrail(TYPES.map((each) => filter(each, each === type ? changes : {})));

describeRule(guardrailContentFilters, {
  passes: { 'every filter on': guardrail(TYPES.map((type) => filter(type))) },
  fails: {
    'prompt attacks left out': {
      given: guardrail(TYPES.slice(0, 5).map((type) => filter(type))),
      says: /PROMPT_ATTACK is missing/,
    },
    'a filter off for prompts': { given: changed('HATE', { inputStrength: 'NONE' }), says: /HATE is off for prompts/ },
    'a filter off for answers': { given: changed('HATE', { outputStrength: 'NONE' }), says: /HATE is off for answers/ },
    'a filter disabled': { given: changed('HATE', { inputEnabled: false }), says: /disabled for prompts/ },
  },
  missing: { fails: { 'no content policy': { given: {}, says: /SEXUAL is missing[\s\S]*PROMPT_ATTACK is missing/ } } },
  unknown: {
    'the policy': { contentPolicyConfig: UNKNOWN },
    'the list': guardrail(UNKNOWN),
    'one filter, which may be the missing one': guardrail([...TYPES.slice(1).map((type) => filter(type)), UNKNOWN]),
    'a strength': changed('HATE', { inputStrength: UNKNOWN }),
  },
});

const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const pii = (...piiEntitiesConfigs: unknown[]) => ({ sensitiveInformationPolicyConfig: { piiEntitiesConfigs } });

describeRule(guardrailPrivacy, {
  passes: { 'masked and encrypted': { kmsKeyArn, ...pii({ type: 'EMAIL', action: 'ANONYMIZE' }) } },
  fails: {
    'found, and nothing done': { given: { kmsKeyArn, ...pii({ type: 'EMAIL', action: 'NONE' }) }, says: /EMAIL/ },
    'an empty list': { given: { kmsKeyArn, ...pii() }, says: /No personal data/ },
  },
  missing: {
    fails: {
      'no key': { given: pii({ type: 'EMAIL', action: 'BLOCK' }), says: /customer-managed/ },
      'no filter': { given: { kmsKeyArn }, says: /No personal data/ },
    },
  },
  unknown: {
    'the key': { kmsKeyArn: UNKNOWN, ...pii({ type: 'EMAIL', action: 'BLOCK' }) },
    'the policy': { kmsKeyArn, sensitiveInformationPolicyConfig: UNKNOWN },
    'one entity': { kmsKeyArn, ...pii(UNKNOWN) },
    'an action': { kmsKeyArn, ...pii({ type: 'EMAIL', action: UNKNOWN }) },
  },
});
