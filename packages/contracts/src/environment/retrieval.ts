import { filledText, whole } from '../bounds.ts';
import * as z from '../zod.ts';
import { databaseUser } from './fields.ts';

/** A PostgreSQL database with pgvector, signed in to by IAM over TLS: there is no password. */
export const DatabaseReference = z.object({
  host: filledText(255),
  port: z._default(whole(1, 65_535), 5432),
  database: filledText(63),
  /** Database user that holds `rds_iam`. Row-level security is enforced on it. */
  user: databaseUser,
});
export type DatabaseReference = z.infer<typeof DatabaseReference>;

/** What turns text into vectors of `dimensions` numbers. The index records both: vectors of two models never meet. */
export const EmbeddingTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bedrock'), modelId: filledText(2_048), dimensions: whole(1, 4_096) }),
  z.object({
    kind: z.literal('sagemaker'),
    endpointName: filledText(63),
    /** The name the index records the model by. */
    modelId: filledText(256),
    dimensions: whole(1, 4_096),
  }),
]);
export type EmbeddingTarget = z.infer<typeof EmbeddingTarget>;

/** What judges passages against the question once they are found: a reranker on Bedrock, of a Region that serves it. */
export const RerankerTarget = z.object({
  kind: z.literal('bedrock'),
  modelArn: z
    .string()
    .check(z.regex(/^arn:aws[a-z-]*:bedrock:[a-z0-9-]+::foundation-model\/[a-z0-9-]+\.[a-zA-Z0-9.:-]+$/)),
});
export type RerankerTarget = z.infer<typeof RerankerTarget>;

/** Documents of an S3 bucket whose keys start alike. */
export const DocumentStore = z.object({ bucket: filledText(63), prefix: z.string().check(z.regex(/^([^/]+\/)+$/)) });
export type DocumentStore = z.infer<typeof DocumentStore>;

/** Where passages are kept. Exclusive choices: the adapter is picked by `kind`. */
export const PassageIndex = z.discriminatedUnion('kind', [
  /** Our own index: full text and vectors in one statement, and groups enforced by the database. */
  z.object({ kind: z.literal('aurora'), database: DatabaseReference, embedding: EmbeddingTarget }),
  /** Bedrock's: it cuts and embeds by itself. Groups are filters on metadata, which the service must send. */
  z.object({ kind: z.literal('knowledge-base'), knowledgeBaseId: filledText(64), dataSourceId: filledText(64) }),
]);
export type PassageIndex = z.infer<typeof PassageIndex>;
