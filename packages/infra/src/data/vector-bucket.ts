import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { grantKeyThrough } from '../governance/key.ts';

export interface VectorBucketArgs {
  placement: Placement;
  /** Physical name, unique in the account and Region. */
  bucketName: pulumi.Input<string>;
  /** Customer-managed key vectors are encrypted under, with `s3-vectors` among its users. */
  keyArn: pulumi.Input<string>;
  index: {
    readonly name: string;
    /** Numbers in a vector, 1 to 4096: what the embedding model gives. */
    readonly dimension: number;
    /** @default 'cosine' */
    readonly metric?: 'cosine' | 'euclidean';
    /** Metadata that is kept but never filtered by, as the text itself. @default what Bedrock knowledge bases keep there */
    readonly notFiltered?: readonly string[];
  };
  /** Let `pulumi destroy` delete the vectors too. @default false */
  forceDestroy?: boolean;
}

/** Names under which Bedrock knowledge bases store text and source of a chunk: too long to filter by. */
const BEDROCK_METADATA = ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA'];

/** An S3 vector bucket with one index: cheap at rest, for search that may take a tenth of a second. Its dimension cannot change. */
export class VectorBucket extends pulumi.ComponentResource {
  readonly bucketArn: pulumi.Output<string>;
  readonly indexArn: pulumi.Output<string>;
  readonly #args: VectorBucketArgs;

  constructor(name: string, args: VectorBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:VectorBucket', name, {}, opts);
    this.#args = args;
    const { dimension, metric = 'cosine', notFiltered = BEDROCK_METADATA } = args.index;
    if (!Number.isInteger(dimension) || dimension < 1 || dimension > 4096)
      throw new StackError(`Index ${args.index.name} cannot have ${dimension} dimensions. S3 Vectors takes 1 to 4096.`);
    const bucket = new aws.s3.VectorsVectorBucket(
      name,
      {
        vectorBucketName: args.bucketName,
        encryptionConfigurations: [{ sseType: 'aws:kms', kmsKeyArn: args.keyArn }],
        forceDestroy: args.forceDestroy ?? false,
      },
      { parent: this },
    );
    const index = new aws.s3.VectorsIndex(
      name,
      {
        vectorBucketName: bucket.vectorBucketName,
        indexName: args.index.name,
        dataType: 'float32',
        dimension,
        distanceMetric: metric,
        ...(notFiltered.length > 0 && { metadataConfiguration: { nonFilterableMetadataKeys: [...notFiltered] } }),
      },
      { parent: this },
    );
    this.bucketArn = bucket.vectorBucketArn;
    this.indexArn = index.indexArn;
    this.registerOutputs({ bucketArn: this.bucketArn, indexArn: this.indexArn });
  }

  /** Lets a role search the index, and read what it finds. */
  grantQuery(): Statement[] {
    return this.#grant('QueryVectors', ['s3vectors:QueryVectors', 's3vectors:GetVectors', 's3vectors:GetIndex']);
  }

  /** Lets a role put vectors in and take them out, and list them to find what is old. */
  grantWrite(): Statement[] {
    return this.#grant('WriteVectors', [
      's3vectors:PutVectors',
      's3vectors:DeleteVectors',
      's3vectors:ListVectors',
      's3vectors:GetVectors',
    ]);
  }

  #grant(Sid: string, Action: readonly string[]): Statement[] {
    return [
      { Sid, Effect: 'Allow', Action, Resource: [this.indexArn] },
      grantKeyThrough(this.#args.keyArn, this.#args.placement, 's3vectors'),
    ];
  }
}
