import { watchSpotNotice } from '@plinth/batching';
import { BatchTaskEnvironment, BatchWorkerEnvironment, parseEnvironment, PlatformError } from '@plinth/contracts';
import { createEmbeddedMetrics } from '@plinth/front/embedded-metrics';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoAudit } from '@plinth/stores/aws';
import { openBatches, openBuckets } from './aws/open.ts';
import { runShards } from './aws/spot/run-shards.ts';
import { spotEngine } from './aws/spot/spot-engine.ts';

/** Calls at once: vLLM batches what it is given, and queues the rest. */
const CALLS = 64;
const RECORD_MS = 600_000;
/** What is left of the drain for the last commits. */
const COMMIT_MS = 10_000;
/** Of sysexits.h, as AWS Batch is told: `EX_TEMPFAIL` is tried again, `EX_CONFIG` is not. */
const EXIT = { done: 0, failed: 1, interrupted: 75, configuration: 78 } as const;

const write = (line: string) => void process.stdout.write(`${line}\n`);
const logError = createLambdaLog(write);

/** Entry point beside vLLM in one container: works through the shards of one job of AWS Batch and ends. */
async function main(): Promise<number> {
  const environment = parseEnvironment(BatchWorkerEnvironment, process.env);
  const task = parseEnvironment(BatchTaskEnvironment, process.env);
  const region = environment.AWS_REGION;
  const dynamo = createDynamoClient({ region });
  const buckets = openBuckets({ ...environment, region });
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const watching = new AbortController();
  const noticed = watchSpotNotice({
    signal: watching.signal,
    endpoint: environment.PLINTH_METADATA_URL,
  });
  const baseUrl = `http://127.0.0.1:${environment.SERVING_PORT}`;
  try {
    const engineFor = spotEngine({
      environment,
      baseUrl,
      audit: openDynamoAudit({ client: dynamo, auditTable: environment.PLINTH_AUDIT_TABLE }),
      clock: systemClock,
      bedrock: createBedrockRuntime({ region }),
      observe: createEmbeddedMetrics({ namespace: 'Plinth/Batch', write, now: Date.now }),
      recordTimeoutMs: RECORD_MS,
    });
    const end = await runShards({
      store: openBatches(dynamo, environment.PLINTH_JOBS_TABLE, buckets),
      objects: buckets.input,
      task: { tenant: task.PLINTH_TENANT, batchId: task.PLINTH_BATCH_ID, shards: task.PLINTH_SHARDS },
      // A job that lost its machine is tried again under its id, and goes on at once with what it held.
      name: environment.AWS_BATCH_JOB_ID,
      engineFor,
      pace: { max: CALLS },
      leaseMs: environment.PLINTH_LEASE_MS,
      recordTimeoutMs: RECORD_MS,
      drainMs: Math.max(0, environment.DRAIN_TIMEOUT_SECONDS * 1_000 - COMMIT_MS),
      interruption: AbortSignal.any([stopping.signal, noticed]),
      clock: systemClock,
      onFailure: ({ error, batchId = 'worker', shard }) => logError(error, `${batchId}/${shard ?? ''}`),
    });
    write(JSON.stringify({ level: 'info', message: `The task is ${end}.`, batch: task.PLINTH_BATCH_ID }));
    return EXIT[end];
  } finally {
    watching.abort();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    logError(error, 'worker');
    process.exit(PlatformError.from(error).code === 'configuration' ? EXIT.configuration : EXIT.failed);
  },
);
