import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { grantReadUnder, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { knowledgeStore, type KnowledgeStorage } from './knowledge-storage.ts';

/** How documents are cut. */
export type Chunking =
  | { kind: 'fixed'; tokens: number; overlapPercent: number }
  /** Where the meaning turns. The embedding model is called for every sentence. */
  | { kind: 'semantic'; maxTokens: number }
  /** Each object is one chunk already. */
  | { kind: 'none' };

export interface KnowledgeBaseArgs {
  placement: Placement;
  /** Where the documents lie. */
  documents: ObjectPrefix;
  /** Customer-managed key of the documents, and of what Bedrock keeps while it reads them. */
  keyArn: pulumi.Input<string>;
  storage: KnowledgeStorage;
  /** Bedrock model id. @default 'amazon.titan-embed-text-v2:0' */
  embeddingModel?: string;
  /** Length of a vector, as the model gives it. @default 1024 */
  dimensions?: number;
  /** @default fixed: 300 tokens, 20 percent of them shared with the next */
  chunking?: Chunking;
  /** What becomes of a document's vectors once its object, or the data source, is gone. @default 'DELETE' */
  afterDeletion?: 'DELETE' | 'RETAIN';
  /** @default 'Documents under <prefix>' */
  description?: string;
}

/** A managed index over documents in S3: Bedrock reads, cuts, embeds and finds them. An ingestion job, started by whoever adds documents, brings it up to date. */
export class KnowledgeBase extends pulumi.ComponentResource {
  readonly knowledgeBaseId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly dataSourceId: pulumi.Output<string>;

  constructor(name: string, args: KnowledgeBaseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:bedrock:KnowledgeBase', name, {}, opts);
    const { placement, documents, keyArn, dimensions = 1024 } = args;
    const parent = { parent: this };
    const embeddingModel = args.embeddingModel ?? 'amazon.titan-embed-text-v2:0';
    const embeddingModelArn = `arn:${placement.partition}:bedrock:${placement.region}::foundation-model/${embeddingModel}`;
    const store = knowledgeStore(name, args.storage, { placement, keyArn, dimensions }, parent);
    const role = new aws.iam.Role(
      name,
      {
        description: 'Bedrock reads documents, and keeps and finds their vectors.',
        assumeRolePolicy: serviceTrust('bedrock.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: 'Embed',
            Effect: 'Allow',
            // No guardrail condition: guardrails look at text, and an embedding call's answer holds none.
            Action: ['bedrock:InvokeModel'],
            Resource: [embeddingModelArn],
          },
          ...grantReadUnder(placement, documents),
          grantKeyThrough(keyArn, placement, 's3'),
          ...store.statements,
        ]),
      },
      parent,
    );
    const base = new aws.bedrock.AgentKnowledgeBase(
      name,
      {
        description: args.description ?? `Documents under ${documents.prefix}`,
        roleArn: role.arn,
        knowledgeBaseConfiguration: {
          type: 'VECTOR',
          vectorKnowledgeBaseConfiguration: {
            embeddingModelArn,
            embeddingModelConfiguration: {
              bedrockEmbeddingModelConfiguration: { dimensions, embeddingDataType: 'FLOAT32' },
            },
          },
        },
        storageConfiguration: store.configuration,
      },
      // Bedrock tries the store with the role as it creates the base.
      { ...parent, dependsOn: policy },
    );
    const source = new aws.bedrock.AgentDataSource(
      name,
      {
        knowledgeBaseId: base.id,
        dataDeletionPolicy: args.afterDeletion ?? 'DELETE',
        dataSourceConfiguration: {
          type: 'S3',
          s3Configuration: {
            bucketArn: pulumi.interpolate`arn:${placement.partition}:s3:::${documents.bucketName}`,
            bucketOwnerAccountId: placement.account,
            inclusionPrefixes: [documents.prefix],
          },
        },
        serverSideEncryptionConfiguration: { kmsKeyArn: keyArn },
        vectorIngestionConfiguration: {
          chunkingConfiguration: chunkingOf(args.chunking ?? { kind: 'fixed', tokens: 300, overlapPercent: 20 }),
        },
      },
      parent,
    );
    this.knowledgeBaseId = base.id;
    this.arn = base.arn;
    this.dataSourceId = source.dataSourceId;
    this.registerOutputs({ knowledgeBaseId: this.knowledgeBaseId, arn: this.arn, dataSourceId: this.dataSourceId });
  }

  /** Lets a role find passages. Answers are the caller's own model call, with its own guardrail. */
  grantRetrieve(): Statement[] {
    return [{ Sid: 'Retrieve', Effect: 'Allow', Action: ['bedrock:Retrieve'], Resource: [this.arn] }];
  }

  /** Lets a role bring the index up to date, and see how that goes. */
  grantIngest(): Statement[] {
    return [
      {
        Sid: 'Ingest',
        Effect: 'Allow',
        Action: ['bedrock:StartIngestionJob', 'bedrock:GetIngestionJob', 'bedrock:ListIngestionJobs'],
        Resource: [this.arn],
      },
    ];
  }
}

function chunkingOf(chunking: Chunking) {
  switch (chunking.kind) {
    case 'fixed':
      return {
        chunkingStrategy: 'FIXED_SIZE',
        fixedSizeChunkingConfiguration: { maxTokens: chunking.tokens, overlapPercentage: chunking.overlapPercent },
      };
    case 'semantic':
      return {
        chunkingStrategy: 'SEMANTIC',
        // Neighbours looked at, and how unlike they must be: Bedrock's own defaults.
        semanticChunkingConfiguration: {
          maxToken: chunking.maxTokens,
          bufferSize: 0,
          breakpointPercentileThreshold: 95,
        },
      };
    case 'none':
      return { chunkingStrategy: 'NONE' };
  }
}
