import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { checkStates, isDistributed, type Workflow } from './amazon-states.ts';

export interface StateMachineArgs {
  placement: Placement;
  /** Physical name, at most 80 letters, digits, `-` and `_`: a map that starts executions of its own machine has to name it. */
  machineName: string;
  workflow: Workflow;
  /** What its tasks call: grants of the components it drives. */
  statements: readonly Statement[];
  /** Customer-managed key of inputs, outputs and definition, with `log-delivery` among its users. */
  keyArn: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. @default `keyArn` */
  logKeyArn?: pulumi.Input<string>;
  /** What is logged of a run: every step, or what went wrong. What the steps carry is never logged. @default 'ERROR' */
  logLevel?: 'ALL' | 'ERROR';
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

/** A standard Step Functions workflow: encrypted, traced, logged without its data, and with a role that can do what it is given. */
export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly machineName: string;
  readonly roleArn: pulumi.Output<string>;
  readonly roleName: pulumi.Output<string>;
  readonly #args: StateMachineArgs;

  /** @throws {StackError} for a workflow that goes to a state it lacks, or has one that nothing goes to. */
  constructor(name: string, args: StateMachineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:StateMachine', name, {}, opts);
    this.#args = args;
    const { placement, workflow, machineName } = args;
    checkStates(workflow);
    const logs = new LogGroup(
      name,
      {
        // Under this prefix log delivery keeps one resource policy for all; elsewhere it runs into their limit of ten.
        name: `/aws/vendedlogs/states/${machineName}`,
        keyArn: args.logKeyArn ?? args.keyArn,
        retentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      {
        description: `Runs the workflow ${machineName}.`,
        assumeRolePolicy: serviceTrust('states.amazonaws.com', placement.account),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          JUSTIFIED.traces,
          JUSTIFIED.samplingRules,
          JUSTIFIED.logDelivery,
          this.#grantOwnKey(),
          this.#grantLogKey(),
          ...(isDistributed(workflow) ? this.#grantOwnExecutions() : []),
          ...args.statements,
        ]),
      },
      { parent: this },
    );
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        type: 'STANDARD',
        roleArn: role.arn,
        definition: pulumi.jsonStringify(workflow),
        encryptionConfiguration: {
          type: 'CUSTOMER_MANAGED_KMS_KEY',
          kmsKeyId: args.keyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
        loggingConfiguration: {
          level: args.logLevel ?? 'ERROR',
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      { parent: this, dependsOn: policy },
    );
    this.arn = machine.arn;
    this.machineName = machineName;
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.registerOutputs({ arn: this.arn, roleArn: this.roleArn });
  }

  /** Lets a role start runs and look at them. */
  grantStart(): Statement[] {
    return [
      { Sid: 'StartWorkflow', Effect: 'Allow', Action: ['states:StartExecution'], Resource: [this.arn] },
      {
        Sid: 'WatchWorkflow',
        Effect: 'Allow',
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: [this.#executions],
      },
      this.#grantOwnKey(),
    ];
  }

  /** Lets a role answer tasks that wait for a token, as a review by people does. */
  grantAnswer(): Statement[] {
    return [
      {
        Sid: 'AnswerTasks',
        Effect: 'Allow',
        Action: ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'],
        Resource: [this.arn],
      },
      this.#grantOwnKey(),
    ];
  }

  get #executions(): pulumi.Output<string> {
    const { partition, region, account } = this.#args.placement;
    return pulumi.interpolate`arn:${partition}:states:${region}:${account}:execution:${this.#args.machineName}:*`;
  }

  /** The machine's ARN, told before the machine is there: its role comes first. */
  get #ownArn(): pulumi.Output<string> {
    const { partition, region, account } = this.#args.placement;
    return pulumi.interpolate`arn:${partition}:states:${region}:${account}:stateMachine:${this.#args.machineName}`;
  }

  #grantOwnKey(): Statement {
    return {
      Sid: 'UseWorkflowKey',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [this.#args.keyArn],
      Condition: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': this.#ownArn } },
    };
  }

  #grantLogKey(): Statement {
    const { partition, region, account } = this.#args.placement;
    return {
      Sid: 'EncryptLogDelivery',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey'],
      Resource: [this.#args.keyArn],
      Condition: {
        StringEquals: {
          'kms:EncryptionContext:SourceArn': pulumi.interpolate`arn:${partition}:logs:${region}:${account}:*`,
        },
      },
    };
  }

  #grantOwnExecutions(): Statement[] {
    return [
      { Sid: 'StartItems', Effect: 'Allow', Action: ['states:StartExecution'], Resource: [this.#ownArn] },
      {
        Sid: 'WatchItems',
        Effect: 'Allow',
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: [this.#executions],
      },
    ];
  }
}

/** Rules that Step Functions keeps in an account to hear when a job it waits for (`.sync`) has ended, by service. */
const JOB_RULES = {
  batch: 'StepFunctionsGetEventsForBatchJobsRule',
  'sagemaker-transform': 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
  'sagemaker-training': 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  'sagemaker-processing': 'StepFunctionsGetEventsForSageMakerProcessingJobsRule',
  ecs: 'StepFunctionsGetEventsForECSTaskRule',
  states: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
} as const;

/** Lets a workflow wait for jobs of a service, by the rule Step Functions keeps for that. */
export function grantWaitForJobs(
  { partition, region, account }: Placement,
  service: keyof typeof JOB_RULES,
): Statement {
  return {
    Sid: 'HearOfJobs',
    Effect: 'Allow',
    Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    Resource: [pulumi.interpolate`arn:${partition}:events:${region}:${account}:rule/${JOB_RULES[service]}`],
  };
}
