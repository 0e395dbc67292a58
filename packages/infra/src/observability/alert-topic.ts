import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument } from '../iam/statement.ts';
import { ALERTING_SERVICES } from './alerting-services.ts';

export interface AlertTopicArgs {
  placement: Placement;
  /** Customer-managed key whose policy lets CloudWatch, Budgets and Cost Anomaly Detection use it. */
  keyArn: pulumi.Input<string>;
  /** Who is written to. Each address confirms once, by the link in its first mail. */
  emails: readonly string[];
}

/** The encrypted topic that alarms, budgets and cost anomalies of one account speak to. */
export class AlertTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AlertTopicArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:observability:AlertTopic', name, {}, opts);
    const topic = new aws.sns.Topic(name, { kmsMasterKeyId: args.keyArn }, { parent: this });
    this.arn = topic.arn;
    new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: policyDocument([
          {
            Sid: 'AlarmsAndBudgetsPublish',
            Effect: 'Allow',
            Principal: { Service: [...ALERTING_SERVICES] },
            Action: ['sns:Publish'],
            Resource: [topic.arn],
            Condition: { StringEquals: { 'aws:SourceAccount': args.placement.account } },
          },
        ]),
      },
      { parent: this },
    );
    for (const [index, email] of args.emails.entries())
      new aws.sns.TopicSubscription(
        `${name}-${index}`,
        { topic: topic.arn, protocol: 'email', endpoint: email },
        { parent: this },
      );
    this.registerOutputs({ arn: this.arn });
  }
}
