import * as z from 'zod';
import { GuardrailReference, ModelCatalog } from '../catalog.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import { jsonVariable } from './json-variable.ts';

const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

/** What every chat front needs, wherever it runs. */
const Common = {
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_GUARD_POLICY: jsonVariable(GuardPolicy).default(GuardPolicy.parse({})),
  /**
   * A Bedrock guardrail asked, after the local guard, about every question and answer. Leave it out for catalogs of Bedrock models alone:
   * they name their guardrail themselves, and Converse applies it.
   */
  PLINTH_GUARDRAIL: jsonVariable(GuardrailReference).optional(),
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: jsonVariable(Limits).default({
    requestsPerMinute: 600,
    concurrentRequests: 64,
    tokensPerDay: 5_000_000,
  }),
  /** OIDC issuer whose tokens are accepted beside API keys (Cognito: `https://cognito-idp.<region>.amazonaws.com/<pool id>`). */
  PLINTH_OIDC_ISSUER: z.url().optional(),
  PLINTH_OIDC_AUDIENCE: z.string().min(1).optional(),
  /** Longest a request may take, end to end, milliseconds. */
  PLINTH_REQUEST_TIMEOUT_MS: count(600_000, 900_000),
  /** A reservation that is not renewed for this long is taken as lost, milliseconds. */
  PLINTH_RESERVATION_TTL_MS: count(60_000, 900_000),
  PLINTH_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

/** Environment of `services/chat/lambda.ts`: stores in DynamoDB, models on Bedrock. The stack must supply exactly this. */
export const ChatLambdaEnvironment = z.object({
  ...Common,
  PLINTH_LEDGER_TABLE: z.string().min(3).max(255),
  PLINTH_RECORDS_TABLE: z.string().min(3).max(255),
  PLINTH_AUDIT_TABLE: z.string().min(3).max(255),
});
export type ChatLambdaEnvironment = z.infer<typeof ChatLambdaEnvironment>;

/** Environment of `services/chat/server.ts`: a container, a laptop or an edge site. */
export const ChatServerEnvironment = z.object({
  ...Common,
  PLINTH_HOST: z.string().default('127.0.0.1'),
  PLINTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Folder of the embedded stores. */
  PLINTH_STATE_DIR: z.string().min(1).default('.plinth'),
  /** Folder of the built console; absent serves the API alone. */
  PLINTH_CONSOLE_DIR: z.string().min(1).optional(),
  /** Endpoint of the Bedrock runtime; absent means AWS itself. */
  PLINTH_BEDROCK_URL: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  /** Stop when standard input ends: whoever started this process holds the other end. */
  PLINTH_EXIT_WITH_PARENT: z.stringbool().default(false),
});
export type ChatServerEnvironment = z.infer<typeof ChatServerEnvironment>;

/** What a stack writes into a function: every variable that has no default, and any other, as strings. */
export type EnvironmentVariables<T extends z.ZodObject> = {
  [K in keyof z.input<T> as undefined extends z.input<T>[K] ? never : K]-?: string;
} & { [K in keyof z.input<T> as undefined extends z.input<T>[K] ? K : never]?: string };
