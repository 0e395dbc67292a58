import * as z from 'zod';
import { bounds, card, containerEnvironment, image, instanceType, ordered, ORDERED, weights } from './shapes.ts';

const dimensions = z.int().min(1).max(4_096);

/** A model of our own that answers with vectors. */
const hosted = { weights, card, image, environment: containerEnvironment, dimensions };

export const Embedding = z.discriminatedUnion('kind', [
  /** Paid by the token, and by nothing when idle. */
  z.strictObject({
    kind: z.literal('bedrock'),
    modelId: z
      .string()
      .regex(
        /^[a-z0-9]+\.[a-z0-9.:-]*embed[a-z0-9.:-]*$/,
        'is not an embedding model, such as amazon.titan-embed-text-v2:0',
      )
      .default('amazon.titan-embed-text-v2:0'),
    dimensions: dimensions.default(1_024),
  }),
  /** Instances in our subnets. */
  z.strictObject({
    kind: z.literal('sagemaker'),
    ...hosted,
    instanceType,
    scaling: z.strictObject({ ...bounds, concurrency: z.int().min(1).default(32) }).refine(ordered, ORDERED),
  }),
  /** Paid by the millisecond, outside every VPC: not for data of class `restricted`. */
  z.strictObject({
    kind: z.literal('sagemaker-serverless'),
    ...hosted,
    memoryMb: z.literal([1024, 2048, 3072, 4096, 5120, 6144]).default(3072),
    maxConcurrency: z.int().min(1).max(200).default(5),
  }),
]);
export type Embedding = z.infer<typeof Embedding>;

/** Regions that serve a reranker. Source: Amazon Bedrock user guide, "Supported Regions and models for reranking". */
export const RERANKERS = {
  'amazon.rerank-v1:0': ['ap-northeast-1', 'ca-central-1', 'eu-central-1', 'us-west-2'],
  'cohere.rerank-v3-5:0': ['ap-northeast-1', 'ca-central-1', 'eu-central-1', 'us-east-1', 'us-west-2'],
} as const;

/** Aurora capacity units. */
const capacity = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('always-on'), min: z.coerce.number().min(0.5), max: z.coerce.number().max(256) }),
  z.strictObject({
    mode: z.literal('pauses'),
    max: z.coerce.number().min(1).max(256),
    afterSeconds: z.int().min(300).max(86_400).default(300),
  }),
]);

export const Retriever = z.discriminatedUnion('kind', [
  /** Our own index: full text and vectors in one statement, groups enforced by row-level security. */
  z.strictObject({
    kind: z.literal('aurora'),
    capacity,
    instances: z.literal([1, 2]),
    backupDays: z.int().min(7).max(35).default(35),
    embedding: Embedding,
    /** Judges a hundred passages of each question anew, paid by the question. Which Regions serve which: `RERANKERS`. @default none */
    reranker: z.enum(Object.keys(RERANKERS) as (keyof typeof RERANKERS)[]).optional(),
  }),
  /** Bedrock's index in S3 Vectors: it embeds by itself, nothing costs when idle, and groups are filters the service sends. */
  z.strictObject({
    kind: z.literal('knowledge-base'),
    embeddingModel: z.string().min(1).default('amazon.titan-embed-text-v2:0'),
    dimensions: dimensions.default(1_024),
    chunkTokens: z.int().min(20).max(8_192).default(300),
  }),
]);
export type Retriever = z.infer<typeof Retriever>;
export type AuroraRetriever = Extract<Retriever, { kind: 'aurora' }>;
export type KnowledgeBaseRetriever = Extract<Retriever, { kind: 'knowledge-base' }>;
