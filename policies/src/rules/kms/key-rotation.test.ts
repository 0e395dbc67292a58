import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { keyRotation } from './key-rotation.ts';

describeRule(keyRotation, {
  passes: {
    'a key that rotates': { enableKeyRotation: true },
    'a signing key, which AWS cannot rotate': { customerMasterKeySpec: 'ECC_NIST_P256' },
  },
  fails: { 'rotation switched off': { given: { enableKeyRotation: false }, says: /never rotated/ } },
  missing: { fails: { 'rotation not set': { given: {}, says: /never rotated/ } } },
  unknown: { 'rotation from an output': { enableKeyRotation: UNKNOWN } },
});
