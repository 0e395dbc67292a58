import type { MapState, State, TaskState, Workflow } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import { SHARD_DONE, SHARD_FAILED, type EnginePart } from '../engines/engine-part.ts';
import { FOLDERS } from '../places.ts';
import { BEGIN_SHARD, aroundFiles } from './file-shard.ts';
import { briefly } from './patience.ts';
import { step } from './step.ts';

export interface WorkflowParts {
  readonly engines: readonly EnginePart[];
  /** The function that does what no AWS service does by itself. */
  readonly stepsArn: pulumi.Input<string>;
  readonly inputBucket: pulumi.Input<string>;
  readonly outputBucket: pulumi.Input<string>;
  /** Told of every batch that ends. */
  readonly noticeTopicArn: pulumi.Input<string>;
  /** Keeps what could be neither recorded nor told. */
  readonly undeliveredUrl: pulumi.Input<string>;
  readonly maxHours: number;
  readonly toleratedFailurePercent: number;
}

/** How a batch ended: a run that failed may have ended it as cancelled, or out of time. */
const OUTCOME = { fields: ['status'], at: '$.outcome' } as const;

/**
 * One batch, from file to result. Input: `{ batchId, tenant }`; everything else is in the job table and in S3, so a run holds no text.
 *
 * `prepare` cuts the file into shards and chooses the engine. A distributed map of that engine works through the manifest. `collect`
 * puts answers in order, writes result and error file, and settles the ledger. Whatever goes wrong ends in `fail`, which settles what was
 * used; and what cannot even be recorded is kept in a queue that raises an alarm.
 */
export function batchWorkflow(parts: WorkflowParts): Workflow {
  const { engines, stepsArn, undeliveredUrl } = parts;
  const toFailure = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'RecordFailure' }] as const;
  return {
    Comment: 'Work through one batch, shard by shard.',
    QueryLanguage: 'JSONPath',
    TimeoutSeconds: parts.maxHours * 3600,
    StartAt: 'Prepare',
    States: {
      Prepare: {
        ...step(stepsArn, 'prepare', {
          keep: { fields: ['engine', 'manifestKey', 'modelId'], at: '$.plan' },
          seconds: 900,
        }),
        Catch: [...toFailure],
        Next: 'Engine?',
      },
      'Engine?': {
        Type: 'Choice',
        Choices: engines.map(({ name }) => ({ Variable: '$.plan.engine', StringEquals: name, Next: runOn(name) })),
        Default: 'NoSuchEngine',
      },
      NoSuchEngine: {
        Type: 'Pass',
        Result: { Error: 'NoSuchEngine', Cause: 'The engine that was chosen is not on in this stack.' },
        ResultPath: '$.error',
        Next: 'RecordFailure',
      },
      ...Object.fromEntries(
        engines.map((engine): [string, State] => [
          runOn(engine.name),
          { ...shardMap(engine, parts), Catch: [...toFailure], Next: 'Collect' },
        ]),
      ),
      Collect: {
        ...step(stepsArn, 'collect', { keep: OUTCOME, seconds: 900 }),
        Catch: [...toFailure],
        Next: 'TellDone',
      },
      TellDone: tell(parts, 'KeepNotice', 'Done'),
      KeepNotice: keep(undeliveredUrl, 'notice', 'Done'),
      Done: { Type: 'Succeed' },
      RecordFailure: {
        ...step(stepsArn, 'fail', { say: { 'error.$': '$.error' }, keep: OUTCOME, seconds: 900 }),
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.unrecorded', Next: 'KeepFailure' }],
        Next: 'TellFailed',
      },
      TellFailed: tell(parts, 'KeepFailure', 'Failed'),
      KeepFailure: keep(undeliveredUrl, 'failure', 'Failed'),
      Failed: { Type: 'Fail', Error: 'BatchFailed', Cause: 'The job table says why.' },
    },
  };
}

function runOn(engine: EnginePart['name']): string {
  return `RunOn${engine.charAt(0).toUpperCase()}${engine.slice(1)}`;
}

/** Every shard of the manifest, each as a run of its own: their histories do not add up, and one that fails can be redriven. */
function shardMap(
  engine: EnginePart,
  parts: WorkflowParts,
): Omit<MapState, 'Next' | 'End' | 'Catch'> & { readonly Type: 'Map' } {
  const about = { 'tenant.$': '$.tenant', 'batchId.$': '$.batchId', 'modelId.$': '$.plan.modelId' };
  const single = engine.group === undefined;
  return {
    Type: 'Map',
    Label: engine.name,
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: { Bucket: parts.inputBucket, 'Key.$': '$.plan.manifestKey' },
    },
    ...(single
      ? { ItemSelector: { ...about, 'shard.$': '$$.Map.Item.Value' } }
      : { ItemBatcher: { MaxItemsPerBatch: engine.group, BatchInput: about } }),
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: single ? BEGIN_SHARD : engine.startAt,
      States: {
        ...(single ? aroundFiles(parts.stepsArn, engine.name, engine) : engine.states),
        [SHARD_DONE]: { Type: 'Succeed' },
        [SHARD_FAILED]: { Type: 'Fail', Error: 'ShardFailed', Cause: 'Its records go to the error file.' },
      },
    },
    MaxConcurrency: engine.concurrency,
    ToleratedFailurePercentage: parts.toleratedFailurePercent,
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: parts.outputBucket, 'Prefix.$': `States.Format('${FOLDERS.runs}{}', $.batchId)` },
    },
    ResultPath: null,
  };
}

/** Attributes let a subscriber hear of its own tenant alone. */
function tell(parts: WorkflowParts, Otherwise: string, Next: string): TaskState {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    TimeoutSeconds: 60,
    Parameters: {
      TopicArn: parts.noticeTopicArn,
      Message: { 'status.$': '$.outcome.status', 'batchId.$': '$.batchId', 'tenant.$': '$.tenant' },
      MessageAttributes: {
        tenant: { DataType: 'String', 'StringValue.$': '$.tenant' },
        status: { DataType: 'String', 'StringValue.$': '$.outcome.status' },
      },
    },
    ResultPath: null,
    Retry: [briefly('SNS.InternalErrorException', 'SNS.ThrottledException', 'SNS.SdkClientException')],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.untold', Next: Otherwise }],
    Next,
  };
}

function keep(queueUrl: pulumi.Input<string>, kind: 'notice' | 'failure', Next: string): TaskState {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    TimeoutSeconds: 60,
    Parameters: {
      QueueUrl: queueUrl,
      MessageBody: { kind, 'batchId.$': '$.batchId', 'tenant.$': '$.tenant', 'execution.$': '$$.Execution.Id' },
    },
    ResultPath: null,
    Retry: [briefly('SQS.SdkClientException', 'SQS.SqsException')],
    Next,
  };
}
