import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../../iam/statement.ts';

/** What AWS tells of nodes that are about to go (karpenter.sh, "Interruption"). */
const EVENTS = {
  health: { source: ['aws.health'], 'detail-type': ['AWS Health Event'] },
  spot: { source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interruption Warning'] },
  rebalance: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance Rebalance Recommendation'] },
  state: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] },
} as const;

/** News older than this is no news: the node is gone. In seconds. */
const KEPT = 300;

/** The queue Karpenter reads of nodes that AWS will take back, so that it drains them first. */
export class InterruptionQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;

  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:InterruptionQueue', name, {}, opts);
    const parent = { parent: this };
    // EventBridge would need a key policy of its own for a customer-managed key; instance ids are all there is to read.
    const settings = { sqsManagedSseEnabled: true };
    const unread = new aws.sqs.Queue(`${name}-unread`, { ...settings, messageRetentionSeconds: 86_400 }, parent);
    const queue = new aws.sqs.Queue(
      name,
      {
        ...settings,
        messageRetentionSeconds: KEPT,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: unread.arn, maxReceiveCount: 5 }),
      },
      parent,
    );
    const rules = Object.entries(EVENTS).map(
      ([key, pattern]) =>
        new aws.cloudwatch.EventRule(`${name}-${key}`, { eventPattern: JSON.stringify(pattern) }, parent),
    );
    const policy = new aws.sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: policyDocument([
          {
            Sid: 'OurRulesSend',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: ['sqs:SendMessage'],
            Resource: [queue.arn],
            Condition: { ArnEquals: { 'aws:SourceArn': pulumi.all(rules.map(({ arn }) => arn)) } },
          },
          {
            Sid: 'RefusePlainHttp',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: ['sqs:*'],
            Resource: [queue.arn],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ]),
      },
      parent,
    );
    for (const [index, key] of Object.keys(EVENTS).entries())
      new aws.cloudwatch.EventTarget(
        `${name}-${key}`,
        { rule: rules[index]!.name, arn: queue.arn },
        { parent: this, dependsOn: policy },
      );
    this.arn = queue.arn;
    this.queueName = queue.name;
    this.registerOutputs({ arn: this.arn });
  }
}
