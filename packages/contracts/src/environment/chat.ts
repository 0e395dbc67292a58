import { ModelCatalog } from '../catalog.ts';
import { GuardrailReference } from '../model-target.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';
import { filled, logLevel, number, tableName } from './fields.ts';
import { jsonVariable } from './json-variable.ts';

/** What every chat front needs, wherever it runs. */
const Common = {
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  /**
   * A Bedrock guardrail asked, after the local guard, about every question and answer. Leave it out for catalogs of Bedrock models alone:
   * they name their guardrail themselves, and Converse applies it.
   */
  PLINTH_GUARDRAIL: z.optional(jsonVariable(GuardrailReference)),
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: z._default(jsonVariable(Limits), {
    requestsPerMinute: 600,
    concurrentRequests: 64,
    tokensPerDay: 5_000_000,
  }),
  /** OIDC issuer whose tokens are accepted beside API keys (Cognito: `https://cognito-idp.<region>.amazonaws.com/<pool id>`). */
  PLINTH_OIDC_ISSUER: z.optional(z.url()),
  PLINTH_OIDC_AUDIENCE: z.optional(filled),
  /** Longest a request may take, end to end, milliseconds. */
  PLINTH_REQUEST_TIMEOUT_MS: number(1, 900_000, 600_000),
  /** A reservation that is not renewed for this long is taken as lost, milliseconds. */
  PLINTH_RESERVATION_TTL_MS: number(1, 900_000, 60_000),
  PLINTH_LOG_LEVEL: logLevel,
};

/** Environment of `services/chat/lambda.ts`: stores in DynamoDB, models on Bedrock. The stack must supply exactly this. */
export const ChatLambdaEnvironment = z.object({
  ...Common,
  PLINTH_LEDGER_TABLE: tableName,
  PLINTH_RECORDS_TABLE: tableName,
  PLINTH_AUDIT_TABLE: tableName,
  /** AWS Region the three tables are in; absent means the function's own. */
  PLINTH_STORES_REGION: z.optional(z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/))),
});
export type ChatLambdaEnvironment = z.infer<typeof ChatLambdaEnvironment>;

/** Environment of `services/chat/server.ts`: a container, a laptop or an edge site. */
export const ChatServerEnvironment = z.object({
  ...Common,
  PLINTH_HOST: z._default(z.string(), '127.0.0.1'),
  PLINTH_PORT: number(0, 65_535, 8080),
  /** Folder of the embedded stores. */
  PLINTH_STATE_DIR: z._default(filled, '.plinth'),
  /** Folder of the built console; absent serves the API alone. */
  PLINTH_CONSOLE_DIR: z.optional(filled),
  /** Endpoint of the Bedrock runtime; absent means AWS itself. */
  PLINTH_BEDROCK_URL: z.optional(z.url()),
  /** The retrieval service beside this one, which is then reached under `/rag` on the same origin. */
  PLINTH_RAG_URL: z.optional(z.url({ protocol: /^https?$/ })),
  /** The batch service beside this one, which then serves `/v1/files` and `/v1/batches` on the same origin. */
  PLINTH_BATCH_URL: z.optional(z.url({ protocol: /^https?$/ })),
  /** A site beside this one, which is then reached under `/edge` on the same origin. */
  PLINTH_EDGE_URL: z.optional(z.url({ protocol: /^https?$/ })),
  /** What cuts that site's link and mends it, which is then reached as `/edge/v1/link`: laptops alone have it. */
  PLINTH_EDGE_LINK_URL: z.optional(z.url({ protocol: /^https?$/ })),
  AWS_REGION: z._default(z.string(), 'us-east-1'),
  /** Stop when standard input ends: whoever started this process holds the other end. */
  PLINTH_EXIT_WITH_PARENT: z._default(z.stringbool(), false),
});
export type ChatServerEnvironment = z.infer<typeof ChatServerEnvironment>;

/** What a stack writes into a function: every variable that has no default, and any other, as strings. */
export type EnvironmentVariables<T extends z.core.$ZodObject> = {
  [K in keyof z.input<T> as undefined extends z.input<T>[K] ? never : K]-?: string;
} & { [K in keyof z.input<T> as undefined extends z.input<T>[K] ? K : never]?: string };
