import { GuardrailReference, ModelCatalog } from '../catalog.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';
import { jsonVariable } from './json-variable.ts';
import { DocumentStore, PassageIndex } from './retrieval.ts';

const number = (min: number, max: number, fallback: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(min), z.maximum(max)), fallback);
const filled = z.string().check(z.minLength(1));
const tableName = z.string().check(z.minLength(3), z.maxLength(255));

/**
 * Environment of the query function of services/rag, inside a network without internet. Who is calling is told by API Gateway: it verifies
 * the token before the function runs and hands over its claims, so no signing keys are fetched from here.
 */
export const RagLambdaEnvironment = z.object({
  /** The models that write answers, by the names callers use. */
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_INDEX: jsonVariable(PassageIndex),
  /** Where the sources that citations point to are read. */
  PLINTH_DOCUMENTS: jsonVariable(DocumentStore),
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  /** Asked about every question and answer, with the passages as grounding sources. */
  PLINTH_GUARDRAIL: jsonVariable(GuardrailReference),
  /** What becomes of sentences that no passage supports: marked in the answer, or no answer at all. */
  PLINTH_UNSUPPORTED: z._default(z.enum(['mark', 'abstain']), 'abstain'),
  /** Passages found for a question, before they are packed into the prompt. */
  PLINTH_PASSAGES: number(1, 100, 20),
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
  PLINTH_LOG_LEVEL: z._default(z.enum(['debug', 'info', 'warn', 'error']), 'info'),
});
export type RagLambdaEnvironment = z.infer<typeof RagLambdaEnvironment>;
