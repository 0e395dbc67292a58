import { resolve } from 'node:path';
import { BatchApiEnvironment, BatchDispatchEnvironment, BatchStepsEnvironment } from '@plinth/contracts';
import {
  grantKeyThrough,
  grantReadUnder,
  grantWriteUnder,
  ServiceFunction,
  type AsyncEndpoint,
  type AuditTable,
  type BatchInferenceRole,
  type Guardrail,
  type RecordsTable,
  type StateMachine,
  type Statement,
  type WorkQueue,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { catalogJson, guardrailVariable } from './catalog.ts';
import type { BatchGenerationConfig } from './config.ts';
import { FOLDERS, inputUnder, outputUnder, type Places } from './places.ts';

/** What the three functions share. */
export interface ServiceParts {
  readonly places: Places;
  readonly records: RecordsTable;
  readonly audit: AuditTable;
}

/** The steps of a run that no AWS service does by itself: cut, check, call the asynchronous endpoint, collect, settle. */
export function stepsFunction(
  config: BatchGenerationConfig,
  parts: ServiceParts & { readonly guardrail: Guardrail | undefined; readonly endpoint: AsyncEndpoint | undefined },
  opts: pulumi.ComponentResourceOptions,
): ServiceFunction<typeof BatchStepsEnvironment> {
  const { places, guardrail, endpoint } = parts;
  const { placement } = places;
  return new ServiceFunction(
    'steps',
    {
      ...shared(config, parts),
      description: 'Steps of a batch: cut, check, collect, settle.',
      handler: 'steps.handler',
      contract: BatchStepsEnvironment,
      environment: {
        ...sharedEnvironment(config, parts),
        PLINTH_SHARDING: JSON.stringify({
          recordsPerShard: config.files.recordsPerShard,
          maxRecords: config.files.maxRecords,
        }),
        PLINTH_GUARDRAIL: guardrailVariable(guardrail),
        PLINTH_ASYNC_ENDPOINT: endpoint?.endpointName,
        PLINTH_ASYNC_REQUESTS: endpoint?.requestsUri,
      },
      logGroupName: `/plinth/${pulumi.getStack()}/batch-steps`,
      reservedConcurrency: config.functions.stepsConcurrency,
      memoryMb: config.functions.stepsMemoryMb,
      // Shards and results wait on disk for their length to be known.
      scratchMb: SCRATCH_MB,
      statements: [
        ...tables(parts),
        ...grantReadUnder(placement, inputUnder(places, 'files')),
        ...grantReadUnder(placement, inputUnder(places, 'shards')),
        grantWriteUnder(placement, inputUnder(places, 'shards')),
        ...grantReadUnder(placement, outputUnder(places, 'parts')),
        grantWriteUnder(placement, outputUnder(places, 'parts')),
        ...grantReadUnder(placement, outputUnder(places, 'results')),
        grantWriteUnder(placement, outputUnder(places, 'results')),
        // Once a batch has its results, what was needed on the way is taken away.
        grantDelete(places, { input: ['shards'], output: ['parts', 'results'] }),
        ...(guardrail?.grantApply() ?? []),
        ...(endpoint?.grantInvoke() ?? []),
      ],
    },
    opts,
  );
}

/** Starts and stops runs, as the two queues say, and finds batches that were lost. */
export function dispatchFunction(
  config: BatchGenerationConfig,
  parts: ServiceParts & {
    readonly machine: StateMachine;
    readonly queues: readonly WorkQueue[];
    readonly bedrock: BatchInferenceRole | undefined;
  },
  opts: pulumi.ComponentResourceOptions,
): ServiceFunction<typeof BatchDispatchEnvironment> {
  const { machine, queues, bedrock } = parts;
  return new ServiceFunction(
    'dispatch',
    {
      ...shared(config, parts),
      description: 'Starts and stops runs of batches.',
      handler: 'dispatch.handler',
      contract: BatchDispatchEnvironment,
      environment: { ...sharedEnvironment(config, parts), PLINTH_STATE_MACHINE_ARN: machine.arn },
      logGroupName: `/plinth/${pulumi.getStack()}/batch-dispatch`,
      // Two for each queue, the fewest Lambda takes from a queue at once.
      reservedConcurrency: 2 * queues.length,
      memoryMb: 512,
      timeoutSeconds: DISPATCH_SECONDS,
      statements: [
        ...tables(parts),
        ...queues.flatMap((queue) => queue.grantConsume()),
        ...machine.grantStart(),
        // Stopping a run stops the jobs Step Functions waits for, and Bedrock's are not among them.
        ...(bedrock?.grantStop() ?? []),
      ],
    },
    opts,
  );
}

/** Seconds a message may be worked on; queues hide it for six times as long, as Lambda asks. */
export const DISPATCH_SECONDS = 60;

/** `/v1/files` and `/v1/batches`: takes files and batches in, tells how they do, gives results out. */
export function apiFunction(
  config: BatchGenerationConfig,
  parts: ServiceParts & {
    readonly work: WorkQueue;
    readonly control: WorkQueue;
    readonly callers: { readonly issuer: pulumi.Input<string>; readonly audience: pulumi.Input<string> };
  },
  opts: pulumi.ComponentResourceOptions,
): ServiceFunction<typeof BatchApiEnvironment> {
  const { places, work, control, callers } = parts;
  const { placement } = places;
  return new ServiceFunction(
    'api',
    {
      ...shared(config, parts),
      description: 'The OpenAI batch API: files and batches.',
      handler: 'api.handler',
      contract: BatchApiEnvironment,
      environment: {
        ...sharedEnvironment(config, parts),
        PLINTH_DEFAULT_LIMITS: JSON.stringify(config.tenantLimits),
        PLINTH_OIDC_ISSUER: callers.issuer,
        PLINTH_OIDC_AUDIENCE: callers.audience,
        PLINTH_WORK_QUEUE_URL: work.url,
        PLINTH_CONTROL_QUEUE_URL: control.url,
        PLINTH_MAX_FILE_BYTES: String(config.front.maxFileBytes),
      },
      logGroupName: `/plinth/${pulumi.getStack()}/batch-api`,
      reservedConcurrency: config.functions.apiConcurrency,
      timeoutSeconds: 29,
      statements: [
        ...tables(parts),
        ...work.grantSend(),
        ...control.grantSend(),
        ...grantReadUnder(placement, inputUnder(places, 'files')),
        grantWriteUnder(placement, inputUnder(places, 'files')),
        // Whoever sent a file, or got one, may have it gone.
        grantDelete(places, { input: ['files'], output: ['results'] }),
        ...grantReadUnder(placement, outputUnder(places, 'results')),
      ],
    },
    opts,
  );
}

const SCRATCH_MB = 10_240;

function grantDelete(
  { placement, input, output }: Places,
  folders: { readonly input: readonly (keyof typeof FOLDERS)[]; readonly output: readonly (keyof typeof FOLDERS)[] },
): Statement {
  const under = ({ bucketName }: Places['input'], folder: keyof typeof FOLDERS) =>
    pulumi.interpolate`arn:${placement.partition}:s3:::${bucketName}/${FOLDERS[folder]}*`;
  return {
    Sid: 'DeleteFiles',
    Effect: 'Allow',
    Action: ['s3:DeleteObject'],
    Resource: [
      ...folders.input.map((folder) => under(input, folder)),
      ...folders.output.map((folder) => under(output, folder)),
    ],
  };
}

function shared({ bundle, logRetentionDays }: BatchGenerationConfig, { places: { dataKeyArn } }: ServiceParts) {
  return {
    bundle: resolve(import.meta.dirname, '../..', bundle),
    environmentKeyArn: dataKeyArn,
    logKeyArn: dataKeyArn,
    logRetentionDays,
  };
}

function sharedEnvironment(config: BatchGenerationConfig, { places, records, audit }: ServiceParts) {
  return {
    PLINTH_CATALOG: catalogJson(config),
    PLINTH_JOBS_TABLE: places.jobs.tableName,
    PLINTH_LEDGER_TABLE: places.ledger.tableName,
    PLINTH_RECORDS_TABLE: records.tableName,
    PLINTH_AUDIT_TABLE: audit.tableName,
    PLINTH_INPUT_BUCKET: places.input.bucketName,
    PLINTH_OUTPUT_BUCKET: places.output.bucketName,
  };
}

function tables({ places, records, audit }: ServiceParts): Statement[] {
  return [
    places.jobs.grantReadWrite(),
    places.ledger.grantReadWrite(),
    records.grantReadWrite(),
    audit.grantAppend(),
    grantKeyThrough(places.dataKeyArn, places.placement, 'dynamodb', 's3'),
  ];
}
