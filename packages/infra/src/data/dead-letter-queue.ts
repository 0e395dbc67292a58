import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { encryptedQueue, grantSendTo } from './encrypted-queue.ts';

export interface DeadLetterQueueArgs {
  placement: Placement;
  /** Customer-managed key messages are encrypted under. */
  keyArn: pulumi.Input<string>;
  /** Hears as soon as something lies in the queue. @default nobody */
  alertTopicArn?: pulumi.Input<string>;
}

/** Where a schedule, a function or an event rule leaves what it could not deliver. Kept for 14 days, the most SQS allows. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly #args: DeadLetterQueueArgs;

  constructor(name: string, args: DeadLetterQueueArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:DeadLetterQueue', name, {}, opts);
    this.#args = args;
    const { queue } = encryptedQueue(name, { keyArn: args.keyArn, retentionDays: 14 }, { parent: this });
    new aws.sqs.RedriveAllowPolicy(
      name,
      { queueUrl: queue.url, redriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) },
      { parent: this },
    );
    if (args.alertTopicArn !== undefined) alarmOnContent(name, queue.name, args.alertTopicArn, { parent: this });
    this.arn = queue.arn;
    this.url = queue.url;
    this.queueName = queue.name;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  /** Lets a role leave messages here. */
  grantSend(): Statement[] {
    return grantSendTo(this.arn, this.#args.keyArn, this.#args.placement);
  }
}

/** Alarms while at least one message lies in the queue: each is something that did not happen. */
function alarmOnContent(
  name: string,
  queueName: pulumi.Input<string>,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: `Messages lie in the dead-letter queue ${name}.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queueName },
      statistic: 'Maximum',
      period: 300,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    opts,
  );
}
