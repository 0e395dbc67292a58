import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { deadLetterQueue } from './dead-letter-queue.ts';

const DLQ_ARN = 'arn:aws:sqs:us-east-1:123456789012:failed';
const redrive = (changes: object = {}) =>
  JSON.stringify({ deadLetterTargetArn: DLQ_ARN, maxReceiveCount: 3, ...changes });
const queue = (props: object, options = {}) => sample('aws:sqs/queue:Queue', props, options);
const failed = (name = 'failed') => queue({ arn: DLQ_ARN } as object, { name });
const apart = (redrivePolicy: unknown) => ({
  ...queue({}),
  type: 'aws:sqs/redrivePolicy:RedrivePolicy',
  urn: 'urn:apart',
  props: { queueUrl: 'https://sqs/work', redrivePolicy },
});
const schedule = (target: object) => ({
  ...queue({}),
  type: 'aws:scheduler/schedule:Schedule',
  urn: 'urn:schedule',
  props: { target },
  dependencies: { target: [failed().urn] },
});

describeRule(deadLetterQueue, {
  passes: {
    'a queue and where its failures go': [queue({ redrivePolicy: redrive() }, { name: 'work' }), failed()],
    'a policy of its own': [queue({ url: 'https://sqs/work' } as object, { name: 'work' }), apart(redrive()), failed()],
    'a queue that says it takes failures': [queue({ redriveAllowPolicy: '{}' })],
    'where the failures of a schedule go': [
      failed(),
      schedule({ arn: 'arn:function', deadLetterConfig: { arn: DLQ_ARN } }),
    ],
  },
  fails: {
    'a policy that names nothing': { given: [queue({ redrivePolicy: '{}' })], says: /names no dead-letter/ },
    'no count of tries': {
      given: [queue({ redrivePolicy: redrive({ maxReceiveCount: undefined }) })],
      says: /maxReceiveCount/,
    },
    'a queue a schedule sends to': { given: [failed(), schedule({ arn: DLQ_ARN })], says: /are lost/ },
  },
  missing: { fails: { 'no policy': { given: [queue({})], says: /are lost/ } } },
  unknown: {
    'the policy': [queue({ redrivePolicy: UNKNOWN })],
    'whether it takes the failures of a schedule': [
      failed(),
      schedule({ arn: UNKNOWN, deadLetterConfig: { arn: UNKNOWN } }),
    ],
  },
});

it('knows a dead-letter queue whose ARN is not known yet, by the graph', () => {
  const dead = failed();
  const work = queue({ redrivePolicy: UNKNOWN }, { name: 'work', dependencies: { redrivePolicy: [dead.urn] } });
  expect(evaluate([deadLetterQueue], [work, dead])).toMatchObject([{ kind: 'not-yet-known', resource: work.urn }]);
});
