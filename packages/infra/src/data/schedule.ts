import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { StateMachine } from './state-machine.ts';
import type { WorkQueue } from './work-queue.ts';

export type ScheduleTarget =
  /** Starts a workflow. */
  | {
      readonly kind: 'workflow';
      readonly machine: Pick<StateMachine, 'arn' | 'grantStart'>;
      readonly input?: Readonly<Record<string, unknown>>;
    }
  /** Puts a message into a queue. */
  | {
      readonly kind: 'queue';
      readonly queue: Pick<WorkQueue, 'arn' | 'grantSend'>;
      readonly message: Readonly<Record<string, unknown>>;
    }
  /** Calls an operation of AWS, as to stop machines for the night: service and operation as the SDK for Java 2 names them. */
  | {
      readonly kind: 'call';
      /** For example `sagemaker`. */
      readonly service: string;
      /** In camelCase, for example `updateEndpointWeightsAndCapacities`. */
      readonly operation: string;
      /** Values may be known later, as ids are. */
      readonly input: Readonly<Record<string, unknown>>;
      readonly statements: readonly Statement[];
    };

export interface ScheduleArgs {
  placement: Placement;
  description: string;
  /** `cron(0 22 ? * MON-FRI *)`, `rate(1 hour)`, or once: `at(2030-01-31T22:00:00)`. */
  expression: string;
  /** Of the IANA database, for example `Europe/Berlin`: night is then night in summer too. @default 'UTC' */
  timeZone?: string;
  /** Minutes after the set time within which AWS may choose, so that not everything starts on the hour. @default 15 */
  flexibleMinutes?: number;
  target: ScheduleTarget;
  /** Where goes what could not be delivered. */
  deadLetter: Pick<DeadLetterQueue, 'arn' | 'grantSend'>;
  /** Customer-managed key what is delivered is encrypted under. */
  keyArn: pulumi.Input<string>;
  /** @default true */
  enabled?: boolean;
}

/** Something that happens at set times. What cannot be delivered within an hour is too late, and goes to the dead-letter queue. */
export class Schedule extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  /** @throws {StackError} for an expression or a time zone that AWS would not take. */
  constructor(name: string, args: ScheduleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:Schedule', name, {}, opts);
    const { placement, timeZone = 'UTC', flexibleMinutes = 15 } = args;
    checkTimes(name, args.expression, timeZone);
    const target = targetOf(args.target, placement);
    const role = new aws.iam.Role(
      name,
      { description: args.description, assumeRolePolicy: serviceTrust('scheduler.amazonaws.com', placement.account) },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          ...target.statements,
          ...args.deadLetter.grantSend(),
          { Sid: 'ReadInput', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [args.keyArn] },
        ]),
      },
      { parent: this },
    );
    const schedule = new aws.scheduler.Schedule(
      name,
      {
        description: args.description,
        scheduleExpression: args.expression,
        scheduleExpressionTimezone: timeZone,
        flexibleTimeWindow:
          flexibleMinutes === 0 ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: flexibleMinutes },
        state: (args.enabled ?? true) ? 'ENABLED' : 'DISABLED',
        kmsKeyArn: args.keyArn,
        target: {
          arn: target.arn,
          input: target.input,
          roleArn: role.arn,
          deadLetterConfig: { arn: args.deadLetter.arn },
          retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 },
        },
      },
      { parent: this, dependsOn: policy },
    );
    this.arn = schedule.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function targetOf(target: ScheduleTarget, { partition }: Placement) {
  switch (target.kind) {
    case 'workflow':
      return {
        arn: target.machine.arn,
        input: JSON.stringify(target.input ?? {}),
        statements: target.machine.grantStart(),
      };
    case 'queue':
      return { arn: target.queue.arn, input: JSON.stringify(target.message), statements: target.queue.grantSend() };
    case 'call':
      return {
        arn: `arn:${partition}:scheduler:::aws-sdk:${target.service}:${target.operation}`,
        input: pulumi.jsonStringify(target.input),
        statements: target.statements,
      };
  }
}

function checkTimes(name: string, expression: string, timeZone: string): void {
  if (
    !/^(cron\((\S+ ){5}\S+\)|rate\(\d+ (minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/.test(
      expression,
    )
  )
    throw new StackError(
      `Schedule ${name} has the expression "${expression}". Write cron(0 22 ? * MON-FRI *), rate(1 hour) or at(2030-01-31T22:00:00).`,
    );
  if (timeZone !== 'UTC' && !Intl.supportedValuesOf('timeZone').includes(timeZone))
    throw new StackError(`Schedule ${name}: "${timeZone}" is no time zone. Name one such as Europe/Berlin.`);
}
