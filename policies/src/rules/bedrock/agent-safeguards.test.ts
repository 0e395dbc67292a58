import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { agentSafeguards } from './agent-safeguards.ts';

const customerEncryptionKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const guarded = (guardrailVersion: string) => [{ guardrailIdentifier: 'abc', guardrailVersion }];
const GOOD = { customerEncryptionKeyArn, idleSessionTtlInSeconds: 600, guardrailConfigurations: guarded('3') };

describeRule(agentSafeguards, {
  passes: { 'all three': GOOD, 'the idle time Bedrock sets': { ...GOOD, idleSessionTtlInSeconds: undefined } },
  fails: {
    'the draft of a guardrail': { given: { ...GOOD, guardrailConfigurations: guarded('DRAFT') }, says: /DRAFT/ },
    'sessions kept too long': { given: { ...GOOD, idleSessionTtlInSeconds: 3600 }, says: /1800 seconds/ },
  },
  missing: {
    fails: {
      'no guardrail': { given: { ...GOOD, guardrailConfigurations: undefined }, says: /no guardrail/ },
      'no key': { given: { ...GOOD, customerEncryptionKeyArn: undefined }, says: /customer-managed/ },
    },
  },
  unknown: {
    'the key': { ...GOOD, customerEncryptionKeyArn: UNKNOWN },
    'the version': { ...GOOD, guardrailConfigurations: guarded(UNKNOWN) },
    'the guardrails': { ...GOOD, guardrailConfigurations: UNKNOWN },
    'the idle time': { ...GOOD, idleSessionTtlInSeconds: UNKNOWN },
  },
});
