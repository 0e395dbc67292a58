import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf } from '../testing/index.ts';
import { InvocationLogging } from './invocation-logging.ts';

const logging = () =>
  registered(
    () => new InvocationLogging('calls', { placement: PLACEMENT, logGroupName: '/plinth/dev/calls', keyArn: KEY_ARN }),
  );

describe('InvocationLogging', () => {
  it('records text to an encrypted log group and an encrypted bucket', async () => {
    const resources = await logging();
    const { inputs } = only(
      resources,
      'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration',
    );
    expect(inputs['loggingConfig']).toMatchObject({
      textDataDeliveryEnabled: true,
      cloudwatchConfig: { logGroupName: '/plinth/dev/calls' },
      s3Config: { bucketName: 'calls-id' },
    });
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
      kmsKeyId: KEY_ARN,
      retentionInDays: 365,
    });
  });

  it('lets Bedrock write to its one stream and to the bucket, on behalf of this account', async () => {
    const statements = statementsOf(await logging());
    const write = statements.find(({ Sid }) => Sid === 'WriteInvocations');
    expect(write?.Resource).toEqual([expect.stringMatching(/:log-stream:aws\/bedrock\/modelinvocations$/)]);
    const put = statements.find(({ Sid }) => Sid === 'BedrockWritesInvocations');
    expect(put?.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': PLACEMENT.account } });
  });
});
