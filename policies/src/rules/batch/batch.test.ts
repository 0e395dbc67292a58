import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { jobRetriesAndTimeout } from './job-retries-and-timeout.ts';
import { spotWithCap } from './spot-with-cap.ts';

const compute = (type?: unknown, maxVcpus?: unknown) => ({ type: 'MANAGED', computeResources: { type, maxVcpus } });

describeRule(spotWithCap, {
  passes: {
    'Spot within the cap': compute('SPOT', 256),
    'Spot on Fargate': compute('FARGATE_SPOT', 64),
    'an unmanaged environment, whose machines are others’': { type: 'UNMANAGED' },
  },
  fails: {
    'on demand': { given: compute('EC2', 64), says: /not on Spot/ },
    'more than the cap of dev': { given: compute('SPOT', 256), says: /64 vCPUs, the cap in dev/, environment: 'dev' },
  },
  missing: {
    fails: {
      'no cap': { given: compute('SPOT'), says: /More than 2048/ },
      'no resources': { given: { type: 'MANAGED' }, says: /sets no resources/ },
    },
  },
  unknown: {
    'the resources': { type: 'MANAGED', computeResources: UNKNOWN },
    'the type': compute(UNKNOWN, 64),
    'the cap': compute('SPOT', UNKNOWN),
  },
});

const GOOD = { retryStrategy: { attempts: 3 }, timeout: { attemptDurationSeconds: 3600 } };

describeRule(jobRetriesAndTimeout, {
  passes: { 'tries and an end': GOOD },
  fails: { 'one try': { given: { ...GOOD, retryStrategy: { attempts: 1 } }, says: /not tried again/ } },
  missing: {
    fails: {
      'no retry': { given: { ...GOOD, retryStrategy: undefined }, says: /not tried again/ },
      'no timeout': { given: { ...GOOD, timeout: undefined }, says: /runs for ever/ },
    },
  },
  unknown: {
    'the retries': { ...GOOD, retryStrategy: UNKNOWN },
    'the tries': { ...GOOD, retryStrategy: { attempts: UNKNOWN } },
    'the timeout': { ...GOOD, timeout: UNKNOWN },
  },
});
