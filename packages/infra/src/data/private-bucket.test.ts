import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf } from '../testing/index.ts';
import { PrivateBucket } from './private-bucket.ts';

const bucket = () => registered(() => new PrivateBucket('logs', { keyArn: KEY_ARN, expireAfterDays: 30 }));

describe('PrivateBucket', () => {
  it('blocks public access in all four ways', async () => {
    const { inputs } = only(await bucket(), 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock');
    expect(Object.values(inputs).filter((value) => value === true)).toHaveLength(4);
  });

  it('encrypts under our key', async () => {
    const { inputs } = only(
      await bucket(),
      'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    );
    expect(inputs['rules']).toMatchObject([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: KEY_ARN },
        bucketKeyEnabled: true,
      },
    ]);
  });

  it('refuses plain HTTP on the bucket and on its objects', async () => {
    const [refusal] = statementsOf(await bucket());
    expect(refusal).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(refusal?.Resource).toHaveLength(2);
  });

  it('forgets objects on time and keeps them on destroy', async () => {
    const resources = await bucket();
    expect(
      only(resources, 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration').inputs['rules'],
    ).toMatchObject([{ expiration: { days: 30 } }]);
    expect(only(resources, 'aws:s3/bucket:Bucket').inputs['forceDestroy']).toBe(false);
  });
});
