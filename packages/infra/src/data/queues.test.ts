import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { BucketEvents } from './bucket-events.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { PrivateBucket } from './private-bucket.ts';
import { WorkQueue, type WorkQueueArgs } from './work-queue.ts';

const QUEUE = 'aws:sqs/queue:Queue';
const ALLOW = 'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy';
const ARGS = { placement: PLACEMENT, keyArn: KEY_ARN };
const work = (change: Partial<WorkQueueArgs> = {}) => registered(() => new WorkQueue('work', { ...ARGS, ...change }));

describe('WorkQueue', () => {
  it('gives up on a message after five tries, and keeps it for two weeks', async () => {
    const resources = await work();
    const redrive = JSON.parse(String(only(resources, QUEUE, 'work').inputs['redrivePolicy'])) as unknown;
    expect(redrive).toEqual({
      deadLetterTargetArn: expect.stringContaining(':work-dead-id') as string,
      maxReceiveCount: 5,
    });
    expect(only(resources, QUEUE, 'work-dead').inputs['messageRetentionSeconds']).toBe(14 * 86_400);
  });

  it('lets no other queue use its dead-letter queue', async () => {
    const { inputs } = only(await work(), ALLOW);
    expect(inputs['queueUrl']).toMatch(/work-dead-id$/);
    expect(JSON.parse(String(inputs['redriveAllowPolicy']))).toMatchObject({
      redrivePermission: 'byQueue',
      sourceQueueArns: [expect.stringMatching(/:work-id$/)],
    });
  });

  it('encrypts both queues under our key, and refuses plain HTTP on both', async () => {
    const resources = await work();
    for (const name of ['work', 'work-dead'])
      expect(only(resources, QUEUE, name).inputs['kmsMasterKeyId']).toBe(KEY_ARN);
    const refusals = statementsOf(resources).filter(({ Effect }) => Effect === 'Deny');
    expect(refusals.map(({ Condition }) => Condition)).toEqual(
      Array(2).fill({ Bool: { 'aws:SecureTransport': 'false' } }),
    );
  });

  it('hears of a service on behalf of one resource alone', async () => {
    const resources = await work({ senders: [{ service: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::documents' }] });
    expect(statementsOf(resources).filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        resource: 'aws:sqs/queuePolicy:QueuePolicy work',
        Principal: { Service: 's3.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::documents' } },
      },
    ]);
  });

  it('grants sending without reading, and consuming without sending, the key through SQS alone', async () => {
    await registered(async () => {
      const queue = new WorkQueue('work', ARGS);
      const [send, through] = await valueOf(queue.grantSend());
      expect(send?.Action).toEqual(['sqs:SendMessage']);
      expect(through?.Condition).toEqual({ StringEquals: { 'kms:ViaService': ['sqs.us-east-1.amazonaws.com'] } });
      const [consume] = await valueOf(queue.grantConsume());
      expect(consume?.Action).not.toContain('sqs:SendMessage');
      expect(consume?.Action).toContain('sqs:DeleteMessage');
    });
  });

  it.each([0, 14, Number.NaN])('refuses to keep messages for %d days', async (retentionDays) => {
    await registered(() => {
      expect(() => new WorkQueue('work', { ...ARGS, retentionDays })).toThrow(/1 to 13/);
    });
  });
});

describe('DeadLetterQueue', () => {
  it('takes what schedules could not deliver, and serves no queue', async () => {
    const resources = await registered(() => new DeadLetterQueue('lost', ARGS));
    expect(JSON.parse(String(only(resources, ALLOW).inputs['redriveAllowPolicy']))).toEqual({
      redrivePermission: 'denyAll',
    });
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('tells somebody what lies in it, where somebody is named', async () => {
    const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
    const lost = (alertTopicArn?: string) => registered(() => new DeadLetterQueue('lost', { ...ARGS, alertTopicArn }));
    expect((await lost()).filter(({ type }) => type === ALARM)).toEqual([]);
    expect(only(await lost(TOPIC_ARN), ALARM).inputs).toMatchObject({
      dimensions: { QueueName: 'lost-id' },
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      alarmActions: [TOPIC_ARN],
    });
  });
});

describe('BucketEvents', () => {
  it('tells a queue of new objects under a prefix, once the queue lets S3 send', async () => {
    const resources = await registered(() => {
      const bucket = new PrivateBucket('documents', { keyArn: KEY_ARN, expireAfterDays: 30 });
      const queue = new WorkQueue('work', {
        ...ARGS,
        senders: [{ service: 's3.amazonaws.com', sourceArn: bucket.arn }],
      });
      new BucketEvents('documents', { bucket, queues: [{ queue, prefix: 'incoming/' }] });
    });
    expect(only(resources, 'aws:s3/bucketNotification:BucketNotification').inputs).toEqual({
      bucket: 'documents-id',
      queues: [
        {
          queueArn: 'arn:aws:sqs:us-east-1:123456789012:work-id',
          events: ['s3:ObjectCreated:*'],
          filterPrefix: 'incoming/',
        },
      ],
    });
  });

  it('tells of what expired, too, where it tells of what is gone', async () => {
    const resources = await registered(() => {
      const bucket = new PrivateBucket('documents', { keyArn: KEY_ARN, expireAfterDays: 30 });
      new BucketEvents('documents', { bucket, queues: [{ queue: new WorkQueue('work', ARGS), events: ['removed'] }] });
    });
    const { queues } = only(resources, 'aws:s3/bucketNotification:BucketNotification').inputs;
    expect(queues).toMatchObject([{ events: ['s3:ObjectRemoved:*', 's3:LifecycleExpiration:*'] }]);
  });
});
