import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface AnomalyAlertArgs {
  /** Topic that hears of it, which lets Cost Anomaly Detection publish. */
  topicArn: pulumi.Input<string>;
  /** US dollars above the expected spending from which an anomaly is announced. */
  minimumUsd: number;
}

/**
 * Tells of spending that is unlike the weeks before, service by service, within a day: a budget speaks of the month's sum, this of
 * a Tuesday that costs three times a Monday. AWS allows one monitor of services an account, so exactly one stack may own it.
 */
export class AnomalyAlert extends pulumi.ComponentResource {
  readonly monitorArn: pulumi.Output<string>;

  constructor(name: string, args: AnomalyAlertArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:AnomalyAlert', name, {}, opts);
    const monitor = new aws.costexplorer.AnomalyMonitor(
      name,
      { monitorType: 'DIMENSIONAL', monitorDimension: 'SERVICE' },
      { parent: this },
    );
    new aws.costexplorer.AnomalySubscription(
      name,
      {
        // Topics take single messages alone; daily and weekly digests go to mail addresses only.
        frequency: 'IMMEDIATE',
        monitorArnLists: [monitor.arn],
        subscribers: [{ type: 'SNS', address: args.topicArn }],
        thresholdExpression: {
          dimension: {
            key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
            matchOptions: ['GREATER_THAN_OR_EQUAL'],
            values: [args.minimumUsd.toString()],
          },
        },
      },
      { parent: this },
    );
    this.monitorArn = monitor.arn;
    this.registerOutputs({ monitorArn: this.monitorArn });
  }
}
