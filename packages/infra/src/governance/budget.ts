import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface BudgetArgs {
  /** US dollars a month. */
  monthlyUsd: number;
  /** Topic that hears of it, which lets AWS Budgets publish. */
  topicArn: pulumi.Input<string>;
  /** Count only resources with this value of the tag `plinth-stack`. @default the whole account */
  stack?: string;
  /** Percentages of the limit at which real spending is announced. @default [50, 80, 100] */
  actualPercent?: readonly number[];
  /** Percentage at which the forecast for the month is announced. @default 100 */
  forecastPercent?: number;
}

/**
 * A monthly cost budget that speaks up before the money is spent. A budget with a `stack` counts by tag: activate
 * `plinth-stack` as a cost allocation tag in the billing console once, or it counts nothing.
 */
export class Budget extends pulumi.ComponentResource {
  readonly budgetName: pulumi.Output<string>;

  constructor(name: string, args: BudgetArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:Budget', name, {}, opts);
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      comparisonOperator: 'GREATER_THAN',
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [args.topicArn],
    });
    const budget = new aws.budgets.Budget(
      name,
      {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        limitAmount: args.monthlyUsd.toFixed(2),
        limitUnit: 'USD',
        costFilters:
          args.stack === undefined ? undefined : [{ name: 'TagKeyValue', values: [`user:plinth-stack$${args.stack}`] }],
        notifications: [
          ...(args.actualPercent ?? [50, 80, 100]).map((percent) => notify('ACTUAL', percent)),
          notify('FORECASTED', args.forecastPercent ?? 100),
        ],
      },
      { parent: this },
    );
    this.budgetName = budget.name;
    this.registerOutputs({ budgetName: this.budgetName });
  }
}
