import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { KnowledgeBase, type KnowledgeBaseArgs } from './knowledge-base.ts';

const CLUSTER = 'arn:aws:rds:us-east-1:123456789012:cluster:documents';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:bedrock-user';
const BASE = 'aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase';
const SOURCE = 'aws:bedrock/agentDataSource:AgentDataSource';

const base = (change: Partial<KnowledgeBaseArgs> = {}) =>
  new KnowledgeBase('handbook', {
    placement: PLACEMENT,
    documents: { bucketName: 'documents', prefix: 'handbook/' },
    keyArn: KEY_ARN,
    storage: { kind: 's3-vectors' },
    ...change,
  });
const onAurora: Partial<KnowledgeBaseArgs> = {
  storage: {
    kind: 'rds',
    clusterArn: CLUSTER,
    databaseName: 'documents',
    secretArn: SECRET,
    secretKeyArn: KEY_ARN,
  },
};

describe('KnowledgeBase', () => {
  it('keeps vectors in an encrypted index of their own, as long as the model makes them', async () => {
    const resources = await registered(() => base());
    expect(only(resources, 'aws:s3/vectorsIndex:VectorsIndex').inputs).toMatchObject({
      dimension: 1024,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA'] },
    });
    expect(only(resources, 'aws:s3/vectorsVectorBucket:VectorsVectorBucket').inputs).toMatchObject({
      vectorBucketName: 'handbook-dev-123456789012',
      encryptionConfigurations: [{ sseType: 'aws:kms', kmsKeyArn: KEY_ARN }],
      forceDestroy: false,
    });
    expect(only(resources, BASE).inputs['storageConfiguration']).toMatchObject({ type: 'S3_VECTORS' });
  });

  it('keeps them in Aurora, by the Data API and a secret', async () => {
    expect(only(await registered(() => base(onAurora)), BASE).inputs['storageConfiguration']).toEqual({
      type: 'RDS',
      rdsConfiguration: {
        resourceArn: CLUSTER,
        databaseName: 'documents',
        credentialsSecretArn: SECRET,
        tableName: 'bedrock_integration.bedrock_kb',
        fieldMapping: {
          primaryKeyField: 'id',
          vectorField: 'embedding',
          textField: 'chunks',
          metadataField: 'metadata',
        },
      },
    });
  });

  it('reads one folder of one bucket of this account', async () => {
    expect(only(await registered(() => base()), SOURCE).inputs).toMatchObject({
      dataDeletionPolicy: 'DELETE',
      serverSideEncryptionConfiguration: { kmsKeyArn: KEY_ARN },
      dataSourceConfiguration: {
        s3Configuration: {
          bucketArn: 'arn:aws:s3:::documents',
          bucketOwnerAccountId: PLACEMENT.account,
          inclusionPrefixes: ['handbook/'],
        },
      },
      vectorIngestionConfiguration: {
        chunkingConfiguration: {
          chunkingStrategy: 'FIXED_SIZE',
          fixedSizeChunkingConfiguration: { maxTokens: 300, overlapPercentage: 20 },
        },
      },
    });
  });

  it.each([
    [
      'S3 Vectors',
      {},
      [
        'Embed',
        'ReadObjects',
        'ListObjects',
        'UseKeyThroughServices',
        'QueryVectors',
        'UseKeyThroughServices2',
        'WriteVectors',
        'UseKeyThroughServices3',
      ],
    ],
    [
      'Aurora',
      onAurora,
      [
        'Embed',
        'ReadObjects',
        'ListObjects',
        'UseKeyThroughServices',
        'AskDatabase',
        'FindDatabase',
        'DatabaseSecret',
        'DatabaseSecretKey',
      ],
    ],
  ])('on %s gives Bedrock the model, the documents and the store, and nothing else', async (_, change, sids) => {
    const resources = await registered(() => base(change));
    const granted = statementsOf(resources).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy'));
    expect(granted.map(({ Sid }) => Sid)).toEqual(sids);
    expect(granted[0]?.Resource).toEqual(['arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('lets one role find passages, and another bring the index up to date', async () => {
    await registered(async () => {
      const knowledge = base();
      const [retrieve] = await valueOf(knowledge.grantRetrieve());
      const [ingest] = await valueOf(knowledge.grantIngest());
      expect(retrieve?.Action).toEqual(['bedrock:Retrieve']);
      expect(ingest?.Action).not.toContain('bedrock:Retrieve');
      expect(await valueOf(knowledge.dataSourceId)).toBe('handbook-id');
    });
  });

  it('refuses a name no vector bucket can have', async () => {
    await expect(
      registered(
        () =>
          new KnowledgeBase('Hand_book', {
            placement: PLACEMENT,
            documents: { bucketName: 'documents', prefix: 'handbook/' },
            keyArn: KEY_ARN,
            storage: { kind: 's3-vectors' },
          }),
      ),
    ).rejects.toThrow(/lower-case/);
  });
});
