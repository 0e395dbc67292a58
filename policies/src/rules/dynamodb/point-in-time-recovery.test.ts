import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { pointInTimeRecovery } from './point-in-time-recovery.ts';

describeRule(pointInTimeRecovery, {
  passes: { 'recovery on': { pointInTimeRecovery: { enabled: true } } },
  fails: { 'recovery off': { given: { pointInTimeRecovery: { enabled: false } }, says: /no point-in-time/ } },
  missing: { fails: { 'recovery not set': { given: {}, says: /no point-in-time/ } } },
  unknown: {
    'the setting': { pointInTimeRecovery: UNKNOWN },
    'the switch in it': { pointInTimeRecovery: { enabled: UNKNOWN } },
  },
});
