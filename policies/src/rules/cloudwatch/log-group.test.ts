import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { logGroup } from './log-group.ts';

const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/1234';

describeRule(logGroup, {
  passes: { 'a key and a period': { kmsKeyId, retentionInDays: 365 } },
  fails: { 'zero days, which means for ever': { given: { kmsKeyId, retentionInDays: 0 }, says: /for ever/ } },
  missing: {
    fails: {
      'no key': { given: { retentionInDays: 30 }, says: /customer-managed/ },
      'no period': { given: { kmsKeyId }, says: /for ever/ },
      neither: { given: {}, says: /customer-managed[\s\S]*for ever/ },
    },
  },
  unknown: {
    'the key': { kmsKeyId: UNKNOWN, retentionInDays: 30 },
    'the period': { kmsKeyId, retentionInDays: UNKNOWN },
  },
});
