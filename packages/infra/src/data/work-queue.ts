import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { encryptedQueue, grantSendTo, type QueueSender } from './encrypted-queue.ts';

export interface WorkQueueArgs {
  placement: Placement;
  /** Customer-managed key messages are encrypted under; where there are `senders`, with `messages` among its users. */
  keyArn: pulumi.Input<string>;
  /** Seconds a message is hidden while it is worked on: six times a function's timeout, if a function does it. @default 300 */
  visibilitySeconds?: number;
  /** Times a message is tried before it goes to the dead-letter queue. @default 5 */
  maxReceives?: number;
  /** Days a message waits, 1 to 13: in the dead-letter queue it stays for 14, counted from the day it was sent. @default 4 */
  retentionDays?: number;
  /** AWS services that send by themselves. @default none */
  senders?: readonly QueueSender[];
}

/** Work that waits, at least once and in no order, with a dead-letter queue of its own. `watchQueue` alarms on both. */
export class WorkQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly deadLetterArn: pulumi.Output<string>;
  readonly deadLetterName: pulumi.Output<string>;
  /** Wait for this before handing the queue to a service that checks whether it may send. */
  readonly policy: pulumi.Resource;
  readonly #args: WorkQueueArgs;

  constructor(name: string, args: WorkQueueArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:WorkQueue', name, {}, opts);
    this.#args = args;
    const { keyArn, retentionDays = 4, maxReceives = 5 } = args;
    // A message keeps its first date when it moves: with as long a life here, it would die on arrival there.
    if (!(retentionDays >= 1 && retentionDays <= 13))
      throw new StackError(
        `Queue ${name} cannot keep messages for ${retentionDays} days. Set retentionDays to 1 to 13.`,
      );
    const parent = { parent: this };
    const { queue: dead } = encryptedQueue(`${name}-dead`, { keyArn, retentionDays: 14 }, parent);
    const { queue, policy } = encryptedQueue(
      name,
      {
        keyArn,
        retentionDays,
        visibilitySeconds: args.visibilitySeconds ?? 300,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: maxReceives }),
        senders: args.senders,
      },
      parent,
    );
    new aws.sqs.RedriveAllowPolicy(
      name,
      {
        queueUrl: dead.url,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] }),
      },
      parent,
    );
    this.arn = queue.arn;
    this.url = queue.url;
    this.queueName = queue.name;
    this.deadLetterArn = dead.arn;
    this.deadLetterName = dead.name;
    this.policy = policy;
    this.registerOutputs({ arn: this.arn, url: this.url, deadLetterArn: this.deadLetterArn });
  }

  /** Lets a role put work in. */
  grantSend(): Statement[] {
    return grantSendTo(this.arn, this.#args.keyArn, this.#args.placement);
  }

  /** Lets a role take work out, hold it for longer, and see how much waits. */
  grantConsume(): Statement[] {
    return [
      {
        Sid: 'ConsumeMessages',
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        Resource: [this.arn],
      },
      grantKeyThrough(this.#args.keyArn, this.#args.placement, 'sqs'),
    ];
  }
}
