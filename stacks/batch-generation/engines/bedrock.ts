import { BatchInferenceRole, type BatchModel } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from '../config.ts';
import type { EngineSettings } from '../engine-settings.ts';
import { inputUnder, outputUnder, type Places } from '../places.ts';
import { briefly, patiently } from '../workflow/patience.ts';
import {
  BREAK_SHARD,
  jobTags,
  partsUri,
  SHARD_ANSWERED,
  SHARD_BROKEN,
  shardUri,
  type EnginePart,
} from './engine-part.ts';

/** Seconds between two looks at a job: a run may hold 25,000 events, and this makes some 3,500 a day. */
const LOOK_EVERY_SECONDS = 300;

/** Bedrock's batch inference. There is no `.sync` for its jobs, so they are looked at from time to time. */
export function bedrockEngine(
  settings: NonNullable<EngineSettings['bedrock']>,
  config: BatchGenerationConfig,
  places: Places,
  opts: pulumi.ComponentResourceOptions,
): { readonly part: EnginePart; readonly role: BatchInferenceRole } {
  const { placement, dataKeyArn } = places;
  const role = new BatchInferenceRole(
    'bedrock-batches',
    {
      placement,
      models: config.models.flatMap(({ source }): BatchModel[] => {
        if (source.kind === 'foundation-model') return [{ kind: 'foundation', modelId: source.modelId }];
        return source.kind === 'weights' ? [] : [{ ...source, kind: 'profile' }];
      }),
      input: inputUnder(places, 'shards'),
      output: outputUnder(places, 'parts'),
      keyArn: dataKeyArn,
    },
    opts,
  );
  const part: EnginePart = {
    name: 'bedrock',
    startAt: 'SubmitToBedrock',
    concurrency: settings.concurrentJobs,
    statements: role.grantRun(),
    states: {
      SubmitToBedrock: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:bedrock:createModelInvocationJob',
        TimeoutSeconds: 60,
        Parameters: {
          // Whoever cancels finds a batch's jobs by their names, which take no underscore, and 63 characters.
          'JobName.$':
            "States.Format('plinth-{}-{}-{}', States.ArrayGetItem(States.StringSplit($.batchId, '_'), 1), $.shard.number, States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), 0))",
          // The run of a shard has one name, so a submission that is repeated finds the first job.
          'ClientRequestToken.$': '$$.Execution.Name',
          'ModelId.$': '$.modelId',
          ModelInvocationType: 'Converse',
          RoleArn: role.roleArn,
          TimeoutDurationInHours: settings.timeoutHours,
          Tags: jobTags(config),
          InputDataConfig: { S3InputDataConfig: { 'S3Uri.$': shardUri(places, 'bedrock'), S3InputFormat: 'JSONL' } },
          OutputDataConfig: { S3OutputDataConfig: { 'S3Uri.$': partsUri(places), S3EncryptionKeyId: dataKeyArn } },
        },
        ResultSelector: { 'jobArn.$': '$.JobArn' },
        ResultPath: '$.job',
        Retry: [
          patiently('Bedrock.ServiceQuotaExceededException'),
          briefly('Bedrock.ThrottlingException', 'Bedrock.InternalServerException', 'Bedrock.SdkClientException'),
        ],
        Catch: [...BREAK_SHARD],
        Next: 'WaitForBedrock',
      },
      WaitForBedrock: { Type: 'Wait', Seconds: LOOK_EVERY_SECONDS, Next: 'LookAtBedrock' },
      LookAtBedrock: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:bedrock:getModelInvocationJob',
        TimeoutSeconds: 60,
        Parameters: { 'JobIdentifier.$': '$.job.jobArn' },
        ResultSelector: { 'jobArn.$': '$.JobArn', 'status.$': '$.Status' },
        ResultPath: '$.job',
        Retry: [
          briefly('Bedrock.ThrottlingException', 'Bedrock.InternalServerException', 'Bedrock.SdkClientException'),
        ],
        Catch: [...BREAK_SHARD],
        Next: 'BedrockDone?',
      },
      'BedrockDone?': {
        Type: 'Choice',
        Choices: [
          {
            // What was not answered in time is found when answers are collected, and goes to the error file.
            Or: ['Completed', 'PartiallyCompleted'].map((status) => ({
              Variable: '$.job.status',
              StringEquals: status,
            })),
            Next: SHARD_ANSWERED,
          },
          {
            Or: ['Failed', 'Stopped', 'Expired'].map((status) => ({ Variable: '$.job.status', StringEquals: status })),
            Next: SHARD_BROKEN,
          },
        ],
        Default: 'WaitForBedrock',
      },
    },
  };
  return { part, role };
}
