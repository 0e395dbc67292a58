import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { repositoryImmutableAndScanned } from './repository-immutable-and-scanned.ts';

const GOOD = { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } };

describeRule(repositoryImmutableAndScanned, {
  passes: { 'immutable and scanned': GOOD },
  fails: {
    'tags that move': { given: { ...GOOD, imageTagMutability: 'MUTABLE' }, says: /can be moved/ },
    'exclusions, by which some tags move': {
      given: { ...GOOD, imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' },
      says: /can be moved/,
    },
    'no scan': {
      given: { ...GOOD, imageScanningConfiguration: { scanOnPush: false } },
      says: /not scanned/,
    },
  },
  missing: { fails: { 'both left out': { given: {}, says: /moved[\s\S]*scanned/ } } },
  unknown: {
    'the mutability': { ...GOOD, imageTagMutability: UNKNOWN },
    'the scanning': { ...GOOD, imageScanningConfiguration: UNKNOWN },
    'whether it scans': { ...GOOD, imageScanningConfiguration: { scanOnPush: UNKNOWN } },
  },
});
