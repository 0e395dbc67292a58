import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust } from '../iam/statement.ts';
import { StackError } from './stack-error.ts';

/** What costs by use, and can be stopped without breaking what stands. */
const STOPPED = {
  'model-calls': [
    ...['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream', 'bedrock:CreateModelInvocationJob'],
    ...['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointAsync', 'sagemaker:InvokeEndpointWithResponseStream'],
  ],
  jobs: [
    ...['batch:SubmitJob', 'ecs:RunTask', 'sagemaker:CreateTransformJob', 'sagemaker:CreateTrainingJob'],
    ...['sagemaker:CreateProcessingJob', 'bedrock:CreateModelInvocationJob', 'states:StartExecution'],
  ],
} as const;

export interface BudgetStopArgs {
  placement: Placement;
  /** The budget that is watched. */
  budgetName: pulumi.Input<string>;
  /** What is refused once it is spent: calling models, or starting jobs. A queue whose submitters are refused runs dry. */
  refuse: readonly (keyof typeof STOPPED)[];
  /** Names of the roles it is refused to. Roles of this account. */
  roleNames: readonly pulumi.Input<string>[];
  /** Percent of the budget at which it happens. @default 100 */
  percent?: number;
  /** At once, or after somebody agreed in the billing console. @default 'AUTOMATIC' */
  approval?: 'AUTOMATIC' | 'MANUAL';
  /** Topic that hears of it, which lets AWS Budgets publish. */
  topicArn: pulumi.Input<string>;
}

/**
 * The hard end of a budget: AWS puts a refusal on the named roles when it is spent, and takes it off when the period ends. It comes
 * with billing data, hours late; the ledger's reservations are what holds per request.
 */
export class BudgetStop extends pulumi.ComponentResource {
  /** The refusal; attach it by hand to stop spending now. */
  readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: BudgetStopArgs, opts: pulumi.ComponentResourceOptions = {}) {
    if (args.refuse.length === 0 || args.roleNames.length === 0)
      throw new StackError(`Budget stop ${name} would stop nothing. Name what is refused, and to which roles.`);
    super('plinth:governance:BudgetStop', name, {}, opts);
    const parent = { parent: this };
    const { account, partition } = args.placement;
    const refusal = new aws.iam.Policy(
      `${name}-refusal`,
      {
        description: 'Put on by AWS Budgets when the money is spent.',
        policy: policyDocument([
          {
            Sid: 'TheMoneyIsSpent',
            Effect: 'Deny',
            Action: [...new Set(args.refuse.flatMap((kind) => [...STOPPED[kind]]))],
            Resource: '*',
          },
        ]),
      },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: 'AWS Budgets puts one refusal on named roles.',
        assumeRolePolicy: serviceTrust('budgets.amazonaws.com', account),
      },
      parent,
    );
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: 'PutOnAndTakeOff',
            Effect: 'Allow',
            Action: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
            Resource: args.roleNames.map(
              (roleName) => pulumi.interpolate`arn:${partition}:iam::${account}:role/${roleName}`,
            ),
            Condition: { ArnEquals: { 'iam:PolicyARN': refusal.arn } },
          },
        ]),
      },
      parent,
    );
    new aws.budgets.BudgetAction(
      name,
      {
        budgetName: args.budgetName,
        actionType: 'APPLY_IAM_POLICY',
        approvalModel: args.approval ?? 'AUTOMATIC',
        notificationType: 'ACTUAL',
        actionThreshold: { actionThresholdType: 'PERCENTAGE', actionThresholdValue: args.percent ?? 100 },
        definition: { iamActionDefinition: { policyArn: refusal.arn, roles: [...args.roleNames] } },
        executionRoleArn: role.arn,
        subscribers: [{ subscriptionType: 'SNS', address: args.topicArn }],
      },
      { parent: this, dependsOn: rolePolicy },
    );
    this.policyArn = refusal.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
