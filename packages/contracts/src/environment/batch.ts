import { amount, filledListOf, filledText, listOf, whole } from '../bounds.ts';
import { ModelCatalog } from '../catalog.ts';
import { GuardrailReference } from '../model-target.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';
import { filled, logLevel, number, tableName } from './fields.ts';
import { jsonVariable } from './json-variable.ts';

/** Where a batch can be run: engines that exist, each with its own price and patience. */
export const BatchEngine = z.enum(['bedrock', 'transform', 'async', 'spot']);
export type BatchEngine = z.infer<typeof BatchEngine>;

const price = amount(0, 10_000);

/** A model that batches may name, the engines that run it, and what a record may hold. */
export const BatchModel = z.object({
  /** The name callers use. */
  id: filledText(256),
  contextTokens: whole(1, 10_000_000),
  maxPromptTokens: whole(1, 10_000_000),
  maxCompletionTokens: whole(1, 1_000_000),
  /** US dollars per million tokens on each engine. An engine that is not named does not run the model. */
  engines: z.partialRecord(
    BatchEngine,
    z.object({
      input: price,
      output: price,
      /** What the engine knows the model by, where it runs several: a Bedrock model id or profile. */
      modelId: z.optional(filledText(2_048)),
    }),
  ),
});
export type BatchModel = z.infer<typeof BatchModel>;

/** How a file is cut before it is run. */
export const Sharding = z.object({
  /** Records of one shard. Bedrock takes 100 to 50,000 a job. */
  recordsPerShard: whole(100, 50_000),
  /** The most records of one file. */
  maxRecords: whole(100, 10_000_000),
});
export type Sharding = z.infer<typeof Sharding>;

const bucketName = z.string().check(z.minLength(3), z.maxLength(63));

const catalog = jsonVariable(filledListOf(BatchModel, 64));
const guardPolicy = z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({}));
/** A Bedrock guardrail asked about every record and answer, after the local guard. Bedrock itself applies none to batches. */
const guardrail = z.optional(jsonVariable(GuardrailReference));

/** Of one tenant: files, their bytes together, and batches that have not ended. */
const TenantBounds = {
  PLINTH_MAX_FILES: number(1, 10_000, 500),
  PLINTH_MAX_STORED_BYTES: number(1, Number.MAX_SAFE_INTEGER, 10_737_418_240),
  PLINTH_MAX_OPEN_BATCHES: number(1, 1_000, 50),
};

/** What the three functions share: the tables and buckets in which a batch lives. */
const Common = {
  PLINTH_CATALOG: catalog,
  PLINTH_JOBS_TABLE: tableName,
  PLINTH_LEDGER_TABLE: tableName,
  PLINTH_RECORDS_TABLE: tableName,
  PLINTH_AUDIT_TABLE: tableName,
  PLINTH_INPUT_BUCKET: bucketName,
  PLINTH_OUTPUT_BUCKET: bucketName,
  PLINTH_LOG_LEVEL: logLevel,
};

/** Environment of `services/batch` as the API: `/v1/files` and `/v1/batches`. It takes batches in, and runs none. */
export const BatchApiEnvironment = z.object({
  ...Common,
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: jsonVariable(Limits),
  PLINTH_OIDC_ISSUER: z.url(),
  PLINTH_OIDC_AUDIENCE: z.string().check(z.minLength(1)),
  /** Batches that wait for their window. */
  PLINTH_WORK_QUEUE_URL: z.url(),
  /** What is heard at any hour: cancellations, and batches whose deadline comes before the window. */
  PLINTH_CONTROL_QUEUE_URL: z.url(),
  /** The most bytes of one uploaded file. A body through the API holds 6 MB; larger files are sent to S3 by a signed address. */
  PLINTH_MAX_FILE_BYTES: number(1, 5_368_709_120, 536_870_912),
  ...TenantBounds,
});
export type BatchApiEnvironment = z.infer<typeof BatchApiEnvironment>;

/** Environment of `services/batch` as the dispatcher: it starts and stops runs of the workflow. */
export const BatchDispatchEnvironment = z.object({
  ...Common,
  PLINTH_STATE_MACHINE_ARN: z.string().check(z.startsWith('arn:')),
});
export type BatchDispatchEnvironment = z.infer<typeof BatchDispatchEnvironment>;

/** Environment of `services/batch` as the steps of the workflow that no AWS service does by itself. */
export const BatchStepsEnvironment = z.object({
  ...Common,
  PLINTH_SHARDING: jsonVariable(Sharding),
  PLINTH_GUARD_POLICY: guardPolicy,
  PLINTH_GUARDRAIL: guardrail,
  /** Absent where the engine is off. */
  PLINTH_ASYNC_ENDPOINT: z.optional(z.string().check(z.minLength(1))),
  /** `s3://bucket/prefix/` that requests of the asynchronous endpoint are put under. */
  PLINTH_ASYNC_REQUESTS: z.optional(z.string().check(z.startsWith('s3://'))),
});
export type BatchStepsEnvironment = z.infer<typeof BatchStepsEnvironment>;

const timeOfDay = z.string().check(z.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is a time of day, such as 22:30'));

/** Hours of the week in which batches are run; those that do not ask for another time wait for them. */
export const BatchWindows = z.object({
  /** IANA name, such as `Europe/Berlin`. */
  timeZone: filledText(64),
  hours: listOf(
    z.object({
      days: z.optional(filledListOf(z.enum(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']), 7)),
      from: timeOfDay,
      to: timeOfDay,
    }),
    32,
  ),
});
export type BatchWindows = z.infer<typeof BatchWindows>;

/** Environment of `services/batch/server.ts`: API and worker in one process, on a laptop or at an edge site. */
export const BatchServerEnvironment = z.object({
  PLINTH_CATALOG: jsonVariable(ModelCatalog),
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  PLINTH_GUARDRAIL: z.optional(jsonVariable(GuardrailReference)),
  /** Limits of a tenant that has no record of its own. */
  PLINTH_DEFAULT_LIMITS: z._default(jsonVariable(Limits), { tokensPerDay: 5_000_000 }),
  /** OIDC issuer whose tokens are accepted beside API keys; they must name a tenant. */
  PLINTH_OIDC_ISSUER: z.optional(z.url()),
  PLINTH_OIDC_AUDIENCE: z.optional(filled),
  PLINTH_HOST: z._default(z.string(), '127.0.0.1'),
  PLINTH_PORT: number(0, 65_535, 8085),
  /** Folder of the embedded stores; several services may have it open. */
  PLINTH_STATE_DIR: z._default(filled, '.plinth'),
  /** Folder of batches, their files and their results. */
  PLINTH_BATCH_DIR: z._default(filled, '.plinth/batches'),
  /** Under which it holds shards. A process that starts under the name of one that died goes on at once; no two alive share one. */
  PLINTH_WORKER_NAME: z._default(filledText(64), 'server'),
  /** The most bytes of one uploaded file. */
  PLINTH_MAX_FILE_BYTES: number(1, 5_368_709_120, 536_870_912),
  ...TenantBounds,
  /** Of one file. */
  PLINTH_MAX_RECORDS: number(1, 1_000_000, 1_000_000),
  PLINTH_RECORDS_PER_SHARD: number(1, 50_000, 1_000),
  /** Calls at once, of all batches together. */
  PLINTH_CONCURRENCY: number(1, 1_024, 64),
  /** Absent: at any time. */
  PLINTH_WINDOWS: z.optional(jsonVariable(BatchWindows)),
  /** A shard whose lease is not renewed for this long is taken over, milliseconds. */
  PLINTH_LEASE_MS: number(1_000, 900_000, 60_000),
  /** Longest a record may take, end to end, milliseconds. */
  PLINTH_REQUEST_TIMEOUT_MS: number(1, 900_000, 600_000),
  PLINTH_BEDROCK_URL: z.optional(z.url()),
  PLINTH_SAGEMAKER_URL: z.optional(z.url()),
  AWS_REGION: z._default(z.string(), 'us-east-1'),
  PLINTH_LOG_LEVEL: logLevel,
  /** Stop when standard input ends: whoever started this process holds the other end. */
  PLINTH_EXIT_WITH_PARENT: z._default(z.stringbool(), false),
});
export type BatchServerEnvironment = z.infer<typeof BatchServerEnvironment>;

/** Environment of the container that works through shards on Spot: its model server's, and its own. It guards what it sends and what comes back. */
export const BatchWorkerEnvironment = z.object({
  /** Read by the model server (`services/vllm`). */
  ENGINE: z.literal('vllm'),
  MODEL_SOURCE: z.string().check(z.startsWith('s3://')),
  MODEL_DIGEST: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  SERVED_MODEL_NAME: z.string().check(z.minLength(1)),
  MAX_MODEL_LEN: z.coerce.number().check(z.int(), z.minimum(1)),
  TENSOR_PARALLEL_SIZE: number(1, 8, 1),
  ENGINE_FLAGS: z._default(jsonVariable(z.array(z.string())), []),
  /** Spot gives two minutes: drain, checkpoint and release within them. */
  DRAIN_TIMEOUT_SECONDS: number(1, 120, 100),
  PLINTH_CATALOG: catalog,
  PLINTH_GUARD_POLICY: guardPolicy,
  PLINTH_GUARDRAIL: guardrail,
  PLINTH_JOBS_TABLE: tableName,
  PLINTH_AUDIT_TABLE: tableName,
  PLINTH_INPUT_BUCKET: bucketName,
  PLINTH_OUTPUT_BUCKET: bucketName,
  /** A shard whose lease is not renewed for this long is taken over, milliseconds. */
  PLINTH_LEASE_MS: number(1_000, 900_000, 60_000),
  PLINTH_LOG_LEVEL: logLevel,
  /** Where the model server listens on this machine. */
  SERVING_PORT: number(1, 65_535, 8_000),
  /** The machine's own metadata, that a Spot notice is read from. @default EC2's address */
  PLINTH_METADATA_URL: z.optional(z.url()),
  /** Set by AWS Batch: the same for every try of a job. */
  AWS_BATCH_JOB_ID: z._default(z.string().check(z.minLength(1), z.maxLength(128)), 'worker'),
  AWS_REGION: z.string().check(z.minLength(1)),
});
export type BatchWorkerEnvironment = z.infer<typeof BatchWorkerEnvironment>;

/** One line of a manifest: a part of the file, as an object of the input bucket. */
export const BatchShard = z.object({
  key: filledText(1_024),
  /** Its number in the file as text, from `00000`: answers lie under `parts/<batch>/<number>/` of the output bucket. */
  number: z.string().check(z.regex(/^[0-9]{5}$/)),
  records: whole(1, 50_000),
});
export type BatchShard = z.infer<typeof BatchShard>;

/** What the workflow adds for one task of the worker. */
export const BatchTaskEnvironment = z.object({
  PLINTH_TENANT: z.string().check(z.minLength(1)),
  PLINTH_BATCH_ID: z.string().check(z.minLength(1)),
  PLINTH_SHARDS: jsonVariable(filledListOf(BatchShard, 50)),
});
export type BatchTaskEnvironment = z.infer<typeof BatchTaskEnvironment>;
