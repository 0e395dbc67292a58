import { amount, filledListOf, filledText, whole } from '../bounds.ts';
import { GuardrailReference } from '../catalog.ts';
import { GuardPolicy } from '../guard.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';
import { logLevel, number, tableName } from './fields.ts';
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

/** What the three functions share: the tables and buckets in which a batch lives. */
const Common = {
  PLINTH_CATALOG: jsonVariable(filledListOf(BatchModel, 64)),
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
  PLINTH_GUARD_POLICY: z._default(jsonVariable(GuardPolicy), GuardPolicy.parse({})),
  /** A Bedrock guardrail asked about every record and answer, after the local guard. Bedrock itself applies none to batches. */
  PLINTH_GUARDRAIL: z.optional(jsonVariable(GuardrailReference)),
  /** Absent where the engine is off. */
  PLINTH_ASYNC_ENDPOINT: z.optional(z.string().check(z.minLength(1))),
  /** `s3://bucket/prefix/` that requests of the asynchronous endpoint are put under. */
  PLINTH_ASYNC_REQUESTS: z.optional(z.string().check(z.startsWith('s3://'))),
});
export type BatchStepsEnvironment = z.infer<typeof BatchStepsEnvironment>;

/** Environment of the container that works through shards on Spot: its model server's, and its own. */
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
  PLINTH_JOBS_TABLE: tableName,
  PLINTH_INPUT_BUCKET: bucketName,
  PLINTH_OUTPUT_BUCKET: bucketName,
  /** A shard whose lease is not renewed for this long is taken over, milliseconds. */
  PLINTH_LEASE_MS: number(1_000, 900_000, 60_000),
  PLINTH_LOG_LEVEL: logLevel,
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
  PLINTH_BATCH_ID: z.string().check(z.minLength(1)),
  PLINTH_SHARDS: jsonVariable(filledListOf(BatchShard, 50)),
});
export type BatchTaskEnvironment = z.infer<typeof BatchTaskEnvironment>;

/** The steps of the workflow that `services/batch` does, each for one batch. */
export const BatchStep = z.enum(['prepare', 'invoke-async', 'check-async', 'collect', 'fail']);
export type BatchStep = z.infer<typeof BatchStep>;

/** What `prepare` answers, and the workflow goes on with. */
export const BatchPlan = z.object({
  engine: BatchEngine,
  /** Key of a JSONL file in the input bucket, one {@link BatchShard} a line. */
  manifestKey: filledText(1_024),
  /** What the engine knows the model by; the catalog's own name where it runs only one. */
  modelId: filledText(2_048),
});
export type BatchPlan = z.infer<typeof BatchPlan>;

/** What `invoke-async` and `check-async` answer for a shard. */
export const BatchProgress = z.object({ done: z.boolean() });
export type BatchProgress = z.infer<typeof BatchProgress>;

/** Name of the error a step throws when trying again may help; any other ends the batch. */
export const TRY_STEP_AGAIN = 'BatchStepRetryable';
