import * as pulumi from '@pulumi/pulumi';
import { encryptedTable } from '../data/encrypted-table.ts';
import { StateMachine } from '../data/state-machine.ts';
import { WorkQueue } from '../data/work-queue.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import type { RetentionDays } from '../observability/log-group.ts';
import { grantKeyThrough } from './key.ts';
import { reviewFlow } from './review-flow.ts';
import { StackError } from './stack-error.ts';

export interface ReviewWorkflowArgs {
  placement: Placement;
  /** Customer-managed key of decisions, messages and runs; its policy lets CloudWatch Logs and log delivery use it (`users: ['logs', 'log-delivery']`). */
  keyArn: pulumi.Input<string>;
  /** Hours people have; no answer is a refusal. 1 to 288. @default 24 */
  answerHours?: number;
  /** Refuse to delete the decisions. @default true */
  deletionProtection?: boolean;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

/**
 * Holds a high-risk request until a person decides: a run waits with a task token, the question waits in a queue, the decision stands
 * in a table. Timeouts and trouble are refusals.
 */
export class ReviewWorkflow extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;
  readonly queueUrl: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly deadLetterName: pulumi.Output<string>;
  readonly #args: ReviewWorkflowArgs;
  readonly #machine: StateMachine;
  readonly #queue: WorkQueue;
  readonly #tableArn: pulumi.Output<string>;

  constructor(name: string, args: ReviewWorkflowArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const answerHours = args.answerHours ?? 24;
    // Questions live 13 days in the queue at most, and must outlive the runs that wait for them.
    if (!(answerHours >= 1 && answerHours <= 288))
      throw new StackError(
        `Review ${name} cannot wait ${answerHours} hours for an answer. Set answerHours to 1 to 288.`,
      );
    super('plinth:governance:ReviewWorkflow', name, {}, opts);
    this.#args = args;
    const { placement, keyArn } = args;
    const table = encryptedTable(`${name}-decisions`, { keyArn, deletionProtection: args.deletionProtection }, false, {
      parent: this,
    });
    this.#tableArn = table.arn;
    this.#queue = new WorkQueue(
      name,
      {
        placement,
        keyArn,
        retentionDays: 13,
        // As long as a person looks at one question before it is offered to the next.
        visibilitySeconds: 900,
      },
      { parent: this },
    );
    this.#machine = new StateMachine(
      name,
      {
        placement,
        machineName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.slice(0, 80),
        workflow: reviewFlow({
          tableName: table.name,
          queueUrl: this.#queue.url,
          answerSeconds: answerHours * 3600,
        }),
        statements: [
          {
            Sid: 'RecordDecisions',
            Effect: 'Allow',
            Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
            Resource: [table.arn],
          },
          grantKeyThrough(keyArn, placement, 'dynamodb'),
          ...this.#queue.grantSend(),
        ],
        keyArn,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    this.stateMachineArn = this.#machine.arn;
    this.tableName = table.name;
    this.queueUrl = this.#queue.url;
    this.queueName = this.#queue.queueName;
    this.deadLetterName = this.#queue.deadLetterName;
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, tableName: this.tableName });
  }

  /** Lets the service that holds a request ask for a review, and read how it ended. It cannot decide. */
  grantAsk(): Statement[] {
    return [
      ...this.#machine.grantStart().filter(({ Sid }) => Sid !== 'WatchWorkflow'),
      {
        Sid: 'ReadDecisions',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem'],
        Resource: [this.#tableArn],
      },
      grantKeyThrough(this.#args.keyArn, this.#args.placement, 'dynamodb'),
    ];
  }

  /** Lets the reviewers' service take questions and answer them. It cannot write a decision itself. */
  grantDecide(): Statement[] {
    return [...this.#queue.grantConsume(), ...this.#machine.grantAnswer()];
  }
}
