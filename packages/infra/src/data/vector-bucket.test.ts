import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { VectorBucket } from './vector-bucket.ts';

const args = (dimension = 384) => ({
  placement: PLACEMENT,
  bucketName: 'plinth-test-vectors',
  keyArn: KEY_ARN,
  index: { name: 'chunks', dimension },
});

describe('VectorBucket', () => {
  it('encrypts under our key and keeps its vectors on destroy', async () => {
    const { inputs } = only(
      await registered(() => new VectorBucket('vectors', args())),
      'aws:s3/vectorsVectorBucket:VectorsVectorBucket',
    );
    expect(inputs).toMatchObject({
      encryptionConfigurations: [{ sseType: 'aws:kms', kmsKeyArn: KEY_ARN }],
      forceDestroy: false,
    });
  });

  it('searches by cosine, and keeps texts out of filters', async () => {
    const { inputs } = only(
      await registered(() => new VectorBucket('vectors', args())),
      'aws:s3/vectorsIndex:VectorsIndex',
    );
    expect(inputs).toMatchObject({
      dimension: 384,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA'] },
    });
  });

  it('grants search without writing, on its one index', async () => {
    await registered(async () => {
      const vectors = new VectorBucket('vectors', args());
      const [query] = await valueOf(vectors.grantQuery());
      expect(query?.Action).toEqual(['s3vectors:QueryVectors', 's3vectors:GetVectors', 's3vectors:GetIndex']);
      expect(query?.Resource).toEqual([
        'arn:aws:s3vectors:us-east-1:123456789012:bucket/plinth-test-vectors/index/chunks',
      ]);
      const [write] = await valueOf(vectors.grantWrite());
      expect(write?.Action).not.toContain('s3vectors:QueryVectors');
    });
  });

  it.each([0, 4097, 1.5])('refuses %d dimensions', async (dimension) => {
    await registered(() => {
      expect(() => new VectorBucket('vectors', args(dimension))).toThrow(/1 to 4096/);
    });
  });
});
