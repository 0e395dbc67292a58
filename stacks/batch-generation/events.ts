import type { StateMachine, WorkQueue } from '@plinth/infra';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

/** An event rule that is to speak to the control queue, once that is made. */
export interface HeardEvent {
  readonly name: string;
  readonly rule: aws.cloudwatch.EventRule;
}

/** Runs that ended without a last word of their own: out of time, stopped, or failed past every catch. */
export function runsThatEnd(machine: StateMachine, opts: pulumi.CustomResourceOptions): HeardEvent {
  return heard(
    'runs-that-end',
    'Runs of batches that were stopped, failed or ran out of time.',
    {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    opts,
  );
}

/** Jobs whose machine Spot took back. Batch says so where it puts the job back into its queue, or gives it up. */
export function interruptions(queueArn: pulumi.Input<string>, opts: pulumi.CustomResourceOptions): HeardEvent {
  return heard(
    'spot-interruptions',
    'Jobs that lost their machine.',
    {
      source: ['aws.batch'],
      'detail-type': ['Batch Job State Change'],
      detail: {
        jobQueue: [queueArn],
        status: ['RUNNABLE', 'FAILED'],
        attempts: { statusReason: [{ prefix: 'Host EC2' }] },
      },
    },
    opts,
  );
}

/** Sends what was heard to the dispatcher. */
export function tellDispatcher(
  events: readonly HeardEvent[],
  control: WorkQueue,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { name, rule } of events)
    new aws.cloudwatch.EventTarget(
      name,
      { rule: rule.name, arn: control.arn, retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 } },
      { ...opts, dependsOn: control.policy },
    );
}

function heard(name: string, description: string, pattern: object, opts: pulumi.CustomResourceOptions): HeardEvent {
  const rule = new aws.cloudwatch.EventRule(name, { description, eventPattern: pulumi.jsonStringify(pattern) }, opts);
  return { name, rule };
}
