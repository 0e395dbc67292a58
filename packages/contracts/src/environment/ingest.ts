import * as z from '../zod.ts';
import { filled, logLevel, number, tableName } from './fields.ts';
import { jsonVariable } from './json-variable.ts';
import { DatabaseReference, DocumentStore, EmbeddingTarget, PassageIndex } from './retrieval.ts';

/**
 * Environment of the ingest function of services/ingest: fed by a queue of S3 events, it reads documents, cuts and embeds them, and writes the
 * index, which keeps progress, versions and reasons of failure too. A message it fails on comes back, and goes to the dead-letter queue in the end.
 */
export const IngestLambdaEnvironment = z.object({
  PLINTH_DOCUMENTS: jsonVariable(DocumentStore),
  PLINTH_INDEX: jsonVariable(PassageIndex),
  PLINTH_AUDIT_TABLE: tableName,
  /** Larger documents are refused, bytes. */
  PLINTH_MAX_DOCUMENT_BYTES: number(1, 2_000_000_000, 100_000_000),
  /** Tokens of a chunk, and how many of them the next chunk repeats. */
  PLINTH_CHUNK_TOKENS: number(16, 8_192, 350),
  PLINTH_CHUNK_OVERLAP_TOKENS: number(0, 1_024, 50),
  PLINTH_LOG_LEVEL: logLevel,
});
export type IngestLambdaEnvironment = z.infer<typeof IngestLambdaEnvironment>;

/** Environment of the function of services/ingest that makes the index's tables and roles, and brings them up to date, once a deployment. */
export const MigrateLambdaEnvironment = z.object({
  /** Signed in to as the user who owns the tables. */
  PLINTH_DATABASE: jsonVariable(DatabaseReference),
  /** Secret that holds that user's password, as RDS keeps it: JSON with a `password`. */
  PLINTH_DATABASE_SECRET: filled,
  /** The model of the first embedding space; an index that has one keeps it. */
  PLINTH_EMBEDDING: jsonVariable(EmbeddingTarget),
});
export type MigrateLambdaEnvironment = z.infer<typeof MigrateLambdaEnvironment>;
