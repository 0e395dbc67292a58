import { AsyncEndpoint, type HostedModel } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from '../config.ts';
import type { EngineSettings } from '../engine-settings.ts';
import { outputUnder, type Places } from '../places.ts';
import { step } from '../workflow/step.ts';
import { BREAK_SHARD, SHARD_ANSWERED, type EnginePart } from './engine-part.ts';

/** SageMaker's asynchronous endpoint: a queue of requests in S3 before machines that are there while it is not empty. */
export function asyncEndpoint(
  settings: NonNullable<EngineSettings['async']>,
  config: BatchGenerationConfig,
  parts: { readonly places: Places; readonly model: HostedModel; readonly alertTopicArn: pulumi.Output<string> },
  opts: pulumi.ComponentResourceOptions,
): AsyncEndpoint {
  const { places, model, alertTopicArn } = parts;
  return new AsyncEndpoint(
    'batch-async',
    {
      placement: places.placement,
      model,
      // One machine at first, since SageMaker starts an endpoint with no fewer; scaling takes it down to none.
      fleet: { instanceType: settings.instanceType, instances: 1 },
      objects: outputUnder(places, 'async'),
      keyArn: places.dataKeyArn,
      alarms: { topicArn: alertTopicArn },
      scaling: { min: 0, max: settings.maxInstances },
      logKeyArn: places.dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
}

/** Requests are put in by a step and counted by another: SageMaker knows of requests, not of shards. Both steps may be repeated. */
export function asyncEngine(
  settings: NonNullable<EngineSettings['async']>,
  stepsArn: pulumi.Output<string>,
): EnginePart {
  const say = { 'shard.$': '$.shard' };
  return {
    name: 'async',
    startAt: 'InvokeAsync',
    concurrency: settings.concurrentShards,
    // The step calls the endpoint, not the workflow.
    statements: [],
    states: {
      InvokeAsync: {
        ...step(stepsArn, 'invoke-async', { say, seconds: 900 }),
        Catch: [...BREAK_SHARD],
        Next: 'WaitForAnswers',
      },
      WaitForAnswers: { Type: 'Wait', Seconds: 120, Next: 'CountAnswers' },
      CountAnswers: {
        ...step(stepsArn, 'check-async', { say, keep: { fields: ['done'], at: '$.answers' }, seconds: 300 }),
        Catch: [...BREAK_SHARD],
        Next: 'AllAnswered?',
      },
      'AllAnswered?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.answers.done', BooleanEquals: true, Next: SHARD_ANSWERED }],
        Default: 'WaitForAnswers',
      },
    },
  };
}
