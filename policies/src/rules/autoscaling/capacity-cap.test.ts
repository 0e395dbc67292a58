import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { capacityCap } from './capacity-cap.ts';

const target = (maxCapacity: unknown, serviceNamespace: unknown = 'ecs') => ({
  serviceNamespace,
  minCapacity: 1,
  maxCapacity,
});
const group = (maxSize: unknown) => [sample('aws:autoscaling/group:Group', { minSize: 0, maxSize } as object)];

describeRule(capacityCap, {
  passes: {
    'within the cap': target(100),
    'read units of a table, which are no machines': target(40_000, 'dynamodb'),
    'a group within the cap': group(10),
  },
  fails: {
    'beyond the cap': { given: target(101), says: /beyond 100, the cap in production/ },
    'beyond the lower cap of dev': { given: target(5, 'sagemaker'), says: /beyond 4/, environment: 'dev' },
    'a group beyond the cap': { given: group(1_000), says: /beyond 100/ },
  },
  missing: { fails: { 'no maximum': { given: target(undefined), says: /beyond 100/ } } },
  unknown: { 'the maximum': target(UNKNOWN), 'the service': target(4, UNKNOWN), 'the size of a group': group(UNKNOWN) },
});
