import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { invocationLogging } from './invocation-logging.ts';

const project = 'plinth-foundation';
const key = sample('aws:kms/key:Key', {}, { project });
const group = (kmsKeyId?: string) =>
  sample('aws:cloudwatch/logGroup:LogGroup', { kmsKeyId }, { project, name: 'group' });
const GOOD = { textDataDeliveryEnabled: true, cloudwatchConfig: { logGroupName: 'g', roleArn: 'r' } };
const logging = (loggingConfig: unknown, options: object = {}) =>
  sample(
    'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration',
    { loggingConfig } as object,
    { project, dependencies: { loggingConfig: [group().urn] }, ...options },
  );

describeRule(invocationLogging, {
  passes: {
    'text to an encrypted log group': [key, logging(GOOD), group('arn:key')],
    'a use case that leaves logging alone': [sample('aws:kms/key:Key', {})],
  },
  fails: {
    'a use case that takes logging over': {
      given: [logging(GOOD, { project: 'plinth-public-chat' })],
      says: /Only plinth-foundation/,
    },
    'two settings in one stack': { given: [logging(GOOD), logging(GOOD, { name: 'second' })], says: /more than once/ },
    'text left out': { given: [logging({ ...GOOD, textDataDeliveryEnabled: false })], says: /Text is not logged/ },
    'a log group without a key': { given: [logging(GOOD), group()], says: /not encrypted/ },
  },
  missing: {
    fails: {
      'a foundation without logging': { given: [key], says: /not logged/ },
      'no destination': { given: [logging({ textDataDeliveryEnabled: true })], says: /no destination/ },
    },
  },
  unknown: {
    'the setting': [logging(UNKNOWN)],
    'the switch for text': [logging({ ...GOOD, textDataDeliveryEnabled: UNKNOWN })],
  },
});
