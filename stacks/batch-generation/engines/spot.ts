import { BatchWorkerEnvironment } from '@plinth/contracts';
import {
  BatchJob,
  BatchQueue,
  grantKeyThrough,
  grantReadModel,
  grantReadUnder,
  grantWriteUnder,
  MODELS_PATH,
  SCRATCH_PATH,
  type AuditTable,
  type Foundation,
  type Guardrail,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { catalogJson, guardrailVariable } from '../catalog.ts';
import type { BatchGenerationConfig } from '../config.ts';
import type { EngineSettings } from '../engine-settings.ts';
import type { OwnModel } from '../hosting.ts';
import { inputUnder, outputUnder, type Places } from '../places.ts';
import { briefly } from '../workflow/patience.ts';
import { FAIL_SHARD, SHARD_DONE, stackTags, type EnginePart } from './engine-part.ts';

type Spot = NonNullable<EngineSettings['spot']>;

export interface SpotParts {
  readonly places: Places;
  readonly model: OwnModel;
  readonly foundation: Pick<Foundation, 'imageRepository'>;
  readonly audit: AuditTable;
  readonly guardrail: Guardrail | undefined;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<string>[];
}

/** vLLM in jobs of AWS Batch. A job that loses its machine is tried again, and goes on at its last checkpoint. */
export function spotEngine(
  settings: Spot,
  config: BatchGenerationConfig,
  parts: SpotParts,
  opts: pulumi.ComponentResourceOptions,
): { readonly part: EnginePart; readonly queue: BatchQueue; readonly job: BatchJob<typeof BatchWorkerEnvironment> } {
  const { placement, dataKeyArn } = parts.places;
  const queue = new BatchQueue(
    'spot',
    {
      placement,
      subnetIds: parts.subnetIds,
      securityGroupIds: parts.securityGroupIds,
      instanceTypes: settings.instanceTypes,
      maxVcpus: settings.maxVcpus,
      hardware: 'nvidia',
      volumeKeyArn: dataKeyArn,
      volumeGib: 200,
      tags: stackTags(config.tags),
    },
    opts,
  );
  const job = worker(settings, config, parts, queue, opts);
  const part: EnginePart = {
    name: 'spot',
    startAt: 'RunOnMachines',
    concurrency: settings.concurrentJobs,
    group: settings.shardsPerJob,
    statements: job.grantRun(),
    states: {
      RunOnMachines: {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        // Every try to its end, and as long again for machines to be had.
        TimeoutSeconds: settings.job.timeoutMinutes * 60 * ATTEMPTS * 2,
        Parameters: {
          'JobName.$': "States.Format('plinth-{}', States.UUID())",
          JobDefinition: job.definitionArn,
          JobQueue: job.queueArn,
          ContainerOverrides: {
            Environment: [
              { Name: 'PLINTH_TENANT', 'Value.$': '$.BatchInput.tenant' },
              { Name: 'PLINTH_BATCH_ID', 'Value.$': '$.BatchInput.batchId' },
              { Name: 'PLINTH_SHARDS', 'Value.$': 'States.JsonToString($.Items)' },
            ],
          },
        },
        ResultPath: null,
        Retry: [briefly('Batch.ServerException', 'Batch.AWSBatchException', 'Batch.SdkClientException')],
        Catch: [...FAIL_SHARD],
        Next: SHARD_DONE,
      },
    },
  };
  return { part, queue, job };
}

const ATTEMPTS = 5;

function worker(
  { image, job }: Spot,
  config: BatchGenerationConfig,
  { places, model, foundation, audit, guardrail }: SpotParts,
  queue: BatchQueue,
  opts: pulumi.ComponentResourceOptions,
): BatchJob<typeof BatchWorkerEnvironment> {
  const { placement, dataKeyArn, input, output, jobs } = places;
  const { id, weights, contextTokens } = model;
  const repository = image.kind === 'foundation' ? foundation.imageRepository(image.repository) : image.repository;
  return new BatchJob(
    'spot',
    {
      placement,
      queue,
      image: pulumi.interpolate`${repository}@${image.digest}`,
      contract: BatchWorkerEnvironment,
      environment: {
        ENGINE: 'vllm',
        MODEL_SOURCE: `s3://${weights.bucketName}/${weights.prefix}`,
        MODEL_DIGEST: weights.digest,
        SERVED_MODEL_NAME: id,
        MAX_MODEL_LEN: String(contextTokens),
        TENSOR_PARALLEL_SIZE: String(job.gpus),
        PLINTH_CATALOG: catalogJson(config),
        PLINTH_GUARDRAIL: guardrailVariable(guardrail),
        PLINTH_JOBS_TABLE: jobs.tableName,
        PLINTH_AUDIT_TABLE: audit.tableName,
        PLINTH_INPUT_BUCKET: input.bucketName,
        PLINTH_OUTPUT_BUCKET: output.bucketName,
        AWS_REGION: placement.region,
      },
      vcpus: job.vcpus,
      memoryMb: job.memoryMb,
      gpus: job.gpus,
      writablePaths: [MODELS_PATH, SCRATCH_PATH],
      timeoutSeconds: job.timeoutMinutes * 60,
      attempts: ATTEMPTS,
      statements: [
        ...grantReadModel({
          placement,
          bucketArn: `arn:${placement.partition}:s3:::${weights.bucketName}`,
          prefix: weights.prefix,
          keyArn: weights.keyArn ?? dataKeyArn,
        }),
        ...grantReadUnder(placement, inputUnder(places, 'shards')),
        grantWriteUnder(placement, outputUnder(places, 'parts')),
        jobs.grantReadWrite(),
        audit.grantAppend(),
        ...(guardrail?.grantApply() ?? []),
        grantKeyThrough(dataKeyArn, placement, 's3', 'dynamodb'),
      ],
      logGroupName: `/plinth/${pulumi.getStack()}/batch-worker`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
}
