import { Schedule, type DeadLetterQueue, type Placement, type WorkQueue } from '@plinth/infra';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from './config.ts';

export interface WindowParts {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly dispatch: { readonly functionName: pulumi.Output<string> };
  readonly work: WorkQueue;
  readonly control: WorkQueue;
  readonly undelivered: DeadLetterQueue;
}

/** Minutes between two looks for batches that were lost, or whose deadline comes before their window. */
const SWEEP_MINUTES = 15;

/**
 * When work is taken up. Waiting batches are taken from their queue only while a window is open: the schedule turns the queue's
 * connection to the dispatcher on and off, and what runs goes on. What must be heard at any hour has a queue that is never paused.
 */
export function takeUpWork(config: BatchGenerationConfig, parts: WindowParts, opts: pulumi.ComponentResourceOptions) {
  const { placement, dataKeyArn, dispatch, work, control, undelivered } = parts;
  const { hours, timeZone } = config.windows;
  const connect = (name: string, queue: WorkQueue, enabled: boolean, change: pulumi.CustomResourceOptions = {}) =>
    new aws.lambda.EventSourceMapping(
      name,
      {
        eventSourceArn: queue.arn,
        functionName: dispatch.functionName,
        enabled,
        batchSize: 1,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency: 2 },
      },
      { ...opts, ...change },
    );
  // The clock owns the switch: a deployment at noon must not open the window.
  const waiting = connect('work', work, hours.length === 0, { ignoreChanges: ['enabled'] });
  connect('control', control, true);

  const common = { placement, deadLetter: undelivered, keyArn: dataKeyArn, timeZone };
  const turn = (enabled: boolean) => ({
    kind: 'call' as const,
    service: 'lambda',
    operation: 'updateEventSourceMapping',
    input: { Uuid: waiting.uuid, Enabled: enabled },
    statements: [
      {
        Sid: 'TurnWorkOnAndOff',
        Effect: 'Allow' as const,
        Action: ['lambda:UpdateEventSourceMapping'],
        Resource: [waiting.arn],
      },
    ],
  });
  for (const { name, open, close } of hours) {
    new Schedule(
      `${name}-open`,
      { ...common, description: `Opens the window ${name}.`, expression: open, target: turn(true), flexibleMinutes: 5 },
      opts,
    );
    new Schedule(
      `${name}-close`,
      {
        ...common,
        description: `Closes the window ${name}.`,
        expression: close,
        target: turn(false),
        flexibleMinutes: 0,
      },
      opts,
    );
  }
  new Schedule(
    'sweep',
    {
      ...common,
      description: 'Looks for batches that were lost, or cannot wait.',
      expression: `rate(${SWEEP_MINUTES} minutes)`,
      target: { kind: 'queue', queue: control, message: { kind: 'sweep' } },
      flexibleMinutes: 5,
    },
    opts,
  );
}
