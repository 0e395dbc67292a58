import type * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { VectorBucket } from '../data/vector-bucket.ts';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** Where a knowledge base keeps its vectors. */
export type KnowledgeStorage =
  /** A table in Aurora PostgreSQL with pgvector, reached through the Data API. The table must exist, with an index on the vectors. */
  | {
      kind: 'rds';
      clusterArn: pulumi.Input<string>;
      databaseName: pulumi.Input<string>;
      /** Secret with the user and password of a database role that owns nothing but this table. */
      secretArn: pulumi.Input<string>;
      /** Key of that secret. */
      secretKeyArn: pulumi.Input<string>;
      /** With its schema. @default 'bedrock_integration.bedrock_kb' */
      tableName?: string;
      /** @default id, embedding, chunks, metadata, as Bedrock's guide names them */
      columns?: { id: string; vector: string; text: string; metadata: string };
    }
  /**
   * A vector bucket and index of its own: paid by what is stored and asked, nothing when idle; answers take some hundred milliseconds. The key is one
   * that S3 Vectors may use: `users: ['s3-vectors']`.
   */
  | { kind: 's3-vectors'; forceDestroy?: boolean; distance?: 'cosine' | 'euclidean' };

/** A store as a knowledge base needs it. */
export interface KnowledgeStore {
  readonly configuration: aws.types.input.bedrock.AgentKnowledgeBaseStorageConfiguration;
  readonly statements: readonly Statement[];
}

interface StoreContext {
  readonly placement: Placement;
  readonly keyArn: pulumi.Input<string>;
  readonly dimensions: number;
}

export function knowledgeStore(
  name: string,
  storage: KnowledgeStorage,
  context: StoreContext,
  opts: pulumi.CustomResourceOptions,
): KnowledgeStore {
  return storage.kind === 'rds' ? rds(storage, context) : s3Vectors(name, storage, context, opts);
}

function rds(storage: Extract<KnowledgeStorage, { kind: 'rds' }>, { placement }: StoreContext): KnowledgeStore {
  const columns = storage.columns ?? { id: 'id', vector: 'embedding', text: 'chunks', metadata: 'metadata' };
  return {
    configuration: {
      type: 'RDS',
      rdsConfiguration: {
        resourceArn: storage.clusterArn,
        databaseName: storage.databaseName,
        credentialsSecretArn: storage.secretArn,
        tableName: storage.tableName ?? 'bedrock_integration.bedrock_kb',
        fieldMapping: {
          primaryKeyField: columns.id,
          vectorField: columns.vector,
          textField: columns.text,
          metadataField: columns.metadata,
        },
      },
    },
    statements: [
      {
        Sid: 'AskDatabase',
        Effect: 'Allow',
        Action: ['rds-data:ExecuteStatement', 'rds-data:BatchExecuteStatement'],
        Resource: [storage.clusterArn],
      },
      { Sid: 'FindDatabase', Effect: 'Allow', Action: ['rds:DescribeDBClusters'], Resource: [storage.clusterArn] },
      {
        Sid: 'DatabaseSecret',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [storage.secretArn],
      },
      {
        Sid: 'DatabaseSecretKey',
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: [storage.secretKeyArn],
        Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${placement.region}.amazonaws.com` } },
      },
    ],
  };
}

function s3Vectors(
  name: string,
  storage: Extract<KnowledgeStorage, { kind: 's3-vectors' }>,
  { placement, keyArn, dimensions }: StoreContext,
  opts: pulumi.CustomResourceOptions,
): KnowledgeStore {
  if (!/^[a-z0-9][a-z0-9-]{1,40}[a-z0-9]$/.test(name))
    throw new StackError(
      `"${name}" cannot name a vector bucket. Name the component in lower-case letters, digits and hyphens.`,
    );
  const vectors = new VectorBucket(
    name,
    {
      placement,
      bucketName: pulumi.interpolate`${name}-${pulumi.getStack()}-${placement.account}`,
      keyArn,
      index: { name: 'chunks', dimension: dimensions, metric: storage.distance },
      forceDestroy: storage.forceDestroy,
    },
    opts,
  );
  return {
    configuration: { type: 'S3_VECTORS', s3VectorsConfiguration: { indexArn: vectors.indexArn } },
    statements: [...vectors.grantQuery(), ...vectors.grantWrite()],
  };
}
