import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { AuditBucket } from './audit-bucket.ts';
import { AuditTrail, type AuditTrailArgs } from './audit-trail.ts';
import { MODEL_DATA_EVENTS } from './data-events.ts';

const ARGS: AuditTrailArgs = {
  placement: PLACEMENT,
  keyArn: KEY_ARN,
  lock: { mode: 'compliance', retentionDays: 365 },
  logGroupName: '/plinth/test/trail',
};
const TRAIL = 'aws:cloudtrail/trail:Trail';
const trail = (change: Partial<AuditTrailArgs> = {}) =>
  registered(() => new AuditTrail('trail', { ...ARGS, ...change }));
interface Selector {
  name: string;
  fieldSelectors: { field: string; equals?: string[]; startsWiths?: string[]; notEquals?: string[] }[];
}
const selectors = async (change?: Partial<AuditTrailArgs>) =>
  only(await trail(change), TRAIL).inputs['advancedEventSelectors'] as unknown as Selector[];

describe('AuditTrail', () => {
  it('records every Region, encrypted, with digests that prove nothing was changed', async () => {
    expect(only(await trail(), TRAIL).inputs).toMatchObject({
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogging: true,
      enableLogFileValidation: true,
      kmsKeyId: KEY_ARN,
      s3BucketName: 'trail-id',
      cloudWatchLogsGroupArn: expect.stringMatching(/:\*$/),
    });
  });

  it('records management events, and the use of every kind of model resource, one selector each', async () => {
    const types = (await selectors()).flatMap(({ fieldSelectors }) =>
      fieldSelectors.filter(({ field }) => field === 'resources.type').map(({ equals }) => equals?.join()),
    );
    expect(types).toEqual([...MODEL_DATA_EVENTS, 'AWS::S3::Object', 'AWS::S3::Object']);
    expect((await selectors())[0]?.fieldSelectors).toEqual([{ field: 'eventCategory', equals: ['Management'] }]);
  });

  it('records who reads the trail, but not its own deliveries, which would never end', async () => {
    const own = (await selectors()).find(({ name }) => name === 'Use of the trail itself');
    expect(own?.fieldSelectors).toEqual(
      expect.arrayContaining([
        { field: 'resources.ARN', startsWiths: ['arn:aws:s3:us-east-1:123456789012:trail-id/'] },
        { field: 'eventName', notEquals: ['PutObject'] },
      ]),
    );
  });

  it('records the use of every bucket of the platform, but not what it writes itself', async () => {
    const data = (await selectors()).at(-1);
    expect(data?.fieldSelectors.at(-1)).toEqual({
      field: 'resources.ARN',
      startsWiths: ['arn:aws:s3:::plinth-'],
      notStartsWiths: ['arn:aws:s3:us-east-1:123456789012:trail-id/'],
    });
    expect((await selectors({ dataEvents: { buckets: false } })).at(-1)?.name).toBe('Use of the trail itself');
  });

  it('is written by CloudTrail for this one trail, whose name bucket and key already know', async () => {
    const resources = await trail();
    const name = String(only(resources, TRAIL).inputs['name']);
    const writes = statementsOf(resources).filter(({ Sid }) => Sid.startsWith('Service'));
    expect(writes.map(({ Sid }) => Sid)).toEqual(['ServiceReadsOwnership', 'ServiceWritesRecords']);
    for (const { Condition } of writes)
      expect(Condition?.['StringEquals']?.['aws:SourceArn']).toBe(
        `arn:aws:cloudtrail:us-east-1:123456789012:trail/${name}`,
      );
    expect(writes[1]?.Resource).toEqual(['arn:aws:s3:us-east-1:123456789012:trail-id/AWSLogs/123456789012/*']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });
});

describe('AuditBucket', () => {
  const bucket = (change: object) =>
    registered(
      () => new AuditBucket('records', { keyArn: KEY_ARN, lock: { mode: 'governance', retentionDays: 30 }, ...change }),
    );

  it('locks every object from its first day', async () => {
    const resources = await bucket({ lock: { mode: 'compliance', retentionDays: 365 } });
    expect(only(resources, 'aws:s3/bucket:Bucket').inputs['objectLockEnabled']).toBe(true);
    expect(
      only(resources, 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration').inputs['rule'],
    ).toEqual({ defaultRetention: { mode: 'COMPLIANCE', days: 365 } });
  });

  it('deletes records once the lock is off, unless told to keep them longer', async () => {
    const days = async (change: object) =>
      only(await bucket(change), 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration').inputs['rules'];
    expect(await days({})).toMatchObject([{ expiration: { days: 30 } }]);
    expect(await days({ expireAfterDays: 90 })).toMatchObject([{ expiration: { days: 90 } }]);
  });

  it('refuses to promise deletion of what is locked', async () => {
    await expect(bucket({ expireAfterDays: 7 })).rejects.toThrow(/Set expireAfterDays to the longer/);
    await expect(bucket({ lock: { mode: 'compliance', retentionDays: 1 }, forceDestroy: true })).rejects.toThrow(
      /not even AWS deletes/,
    );
  });

  it('lets an auditor read, and change nothing', async () => {
    let actions: string[] = [];
    await registered(() => {
      const records = new AuditBucket('records', { keyArn: KEY_ARN, lock: { mode: 'governance', retentionDays: 1 } });
      actions = records.grantRead().flatMap(({ Action }) => [...Action]);
    });
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^s3:(Get|List)/.test(action))).toEqual([]);
  });
});
