import { filledListOf, filledText, listOf } from '../bounds.ts';
import { ModelCatalog } from '../catalog.ts';
import { GuardrailReference } from '../model-target.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';
import { databaseUser, filled, logLevel, number, tableName } from './fields.ts';
import { jsonVariable } from './json-variable.ts';
import { DocumentStore, PassageIndex, RerankerTarget } from './retrieval.ts';

/** How an answer is made from passages, wherever the service runs. */
const Answering = {
  /** Passages found for a question, before they are packed into the prompt. */
  PLINTH_PASSAGES: number(1, 100, 20),
  /** Most of them that are put before the model. A small model does better with few. */
  PLINTH_PASSAGES_PACKED: number(1, 50, 8),
  /** Tokens of a prompt that passages may take, if the model takes so many: never more than six in ten. */
  PLINTH_PASSAGE_TOKENS: number(64, 1_000_000, 2_400),
  /** Who makes a follow-up question stand alone: rules, or the model that answers, at the cost of a short call. */
  PLINTH_REWRITE: z._default(z.enum(['rules', 'model']), 'rules'),
};

/**
 * Environment of the query function of services/rag, inside a network without internet. Who is calling is told by API Gateway: it verifies
 * the token before the function runs and hands over its claims, so no signing keys are fetched from here.
 */
export const RagLambdaEnvironment = z.object({
  /** The models that write answers, by the names callers use. */
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_INDEX: jsonVariable(PassageIndex),
  /** Absent: passages stay in the order they were found in. */
  PLINTH_RERANKER: z.optional(jsonVariable(RerankerTarget)),
  /** Database user that the monitor reads by: numbers and vectors of a tenant, no text. Absent: there is no monitor. */
  PLINTH_MONITOR_USER: z.optional(databaseUser),
  /** Where the sources that citations point to are read. */
  PLINTH_DOCUMENTS: jsonVariable(DocumentStore),
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  /** Asked about every question and answer, with the passages as grounding sources. */
  PLINTH_GUARDRAIL: jsonVariable(GuardrailReference),
  /** What becomes of sentences that no passage supports: marked in the answer, or no answer at all. */
  PLINTH_UNSUPPORTED: z._default(z.enum(['mark', 'abstain']), 'abstain'),
  ...Answering,
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: z._default(jsonVariable(Limits), {
    requestsPerMinute: 60,
    concurrentRequests: 16,
    tokensPerDay: 2_000_000,
  }),
  /** What `iss` and `aud` of the claims must say. */
  PLINTH_OIDC_ISSUER: z.url(),
  PLINTH_OIDC_AUDIENCE: filled,
  /** Claim that holds the groups a document may be opened to. */
  PLINTH_GROUPS_CLAIM: z._default(filled, 'cognito:groups'),
  PLINTH_LEDGER_TABLE: tableName,
  PLINTH_RECORDS_TABLE: tableName,
  PLINTH_AUDIT_TABLE: tableName,
  /** Longest a request may take, end to end, milliseconds. */
  PLINTH_REQUEST_TIMEOUT_MS: number(1, 900_000, 300_000),
  /** A reservation that is not renewed for this long is taken as lost, milliseconds. */
  PLINTH_RESERVATION_TTL_MS: number(1, 900_000, 60_000),
  PLINTH_LOG_LEVEL: logLevel,
});
export type RagLambdaEnvironment = z.infer<typeof RagLambdaEnvironment>;

/** Environment of `services/rag/server.ts`: a laptop or an edge site, with an embedded index, or a PostgreSQL server of one's own. */
export const RagServerEnvironment = z.object({
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  PLINTH_GUARDRAIL: z.optional(jsonVariable(GuardrailReference)),
  PLINTH_UNSUPPORTED: z._default(z.enum(['mark', 'abstain']), 'mark'),
  ...Answering,
  /** OpenAI-compatible server of the embedding model; ends before `/v1`. */
  PLINTH_EMBEDDING_URL: z.url({ protocol: /^https?$/ }),
  PLINTH_EMBEDDING_MODEL: filled,
  PLINTH_EMBEDDING_DIMENSIONS: number(1, 2_000, 384),
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: z._default(jsonVariable(Limits), {
    requestsPerMinute: 600,
    concurrentRequests: 64,
    tokensPerDay: 5_000_000,
  }),
  /** OIDC issuer whose tokens are accepted beside API keys; they must name a tenant. */
  PLINTH_OIDC_ISSUER: z.optional(z.url()),
  PLINTH_OIDC_AUDIENCE: z.optional(filled),
  PLINTH_HOST: z._default(z.string(), '127.0.0.1'),
  PLINTH_PORT: number(0, 65_535, 8084),
  /** Folder of the embedded stores; several services may have it open. */
  PLINTH_STATE_DIR: z._default(filled, '.plinth'),
  /** Folder of the embedded index and of the documents' originals; one service at a time. */
  PLINTH_RETRIEVAL_DIR: z._default(filled, '.plinth/retrieval'),
  /** Folders whose files are documents: what changes in them changes in the index. */
  PLINTH_FOLDERS: z._default(
    jsonVariable(
      listOf(
        z.object({
          folder: filledText(4_096),
          tenant: filledText(128),
          idPrefix: filledText(128),
          groups: filledListOf(filledText(128), 64),
        }),
        16,
      ),
    ),
    [],
  ),
  /** Files of questions for evaluations, JSONL, by the name callers use. */
  PLINTH_QUESTION_SETS: z._default(jsonVariable(z.record(filledText(64), filledText(4_096))), {}),
  /** A PostgreSQL server with pgvector in place of the embedded one, `postgres://…`. */
  PLINTH_PG_URL: z.optional(filled),
  PLINTH_BEDROCK_URL: z.optional(z.url()),
  PLINTH_SAGEMAKER_URL: z.optional(z.url()),
  AWS_REGION: z._default(z.string(), 'us-east-1'),
  PLINTH_REQUEST_TIMEOUT_MS: number(1, 900_000, 600_000),
  PLINTH_RESERVATION_TTL_MS: number(1, 900_000, 60_000),
  PLINTH_LOG_LEVEL: logLevel,
  /** Stop when standard input ends: whoever started this process holds the other end. */
  PLINTH_EXIT_WITH_PARENT: z._default(z.stringbool(), false),
});
export type RagServerEnvironment = z.infer<typeof RagServerEnvironment>;
