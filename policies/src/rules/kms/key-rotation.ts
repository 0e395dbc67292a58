import { ADVISE_IN_DEV } from '../../levels.ts';
import { judge } from '../../judge.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const keyRotation = defineRule({
  id: 'kms-key-rotation',
  requirement: 1,
  pack: 'baseline',
  title: 'Customer-managed keys rotate every year',
  description: 'Rotation limits how much is readable with any one version of a key, and costs nothing in operation.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set enableKeyRotation to true.',
  source: { controls: ['KMS.5'], url: securityHub('kms', 'KMS.5') },
  types: ['aws:kms/key:Key'],
  check(key, report) {
    // AWS rotates only symmetric encryption keys; others have no such setting.
    const spec = key.customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
    if (!isUnknown(spec) && spec !== 'SYMMETRIC_DEFAULT') return;
    judge(key.enableKeyRotation, report, (on) => on === true, 'The key is never rotated.');
  },
});
