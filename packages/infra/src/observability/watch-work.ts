import type * as pulumi from '@pulumi/pulumi';
import { metricsOf, type Watch } from './watch.ts';

/** A queue and its dead-letter queue: how long work waits, and what was given up on. */
export function watchQueue(queue: {
  queueName: pulumi.Input<string>;
  deadLetterName: pulumi.Input<string>;
  /** Seconds a message may wait. @default 3600 */
  oldestSeconds?: number;
  /** @default 'queue' */
  label?: string;
}): Watch {
  const label = queue.label ?? 'queue';
  const metric = metricsOf('AWS/SQS', { QueueName: queue.queueName });
  const dead = metricsOf('AWS/SQS', { QueueName: queue.deadLetterName });
  const age = metric('ApproximateAgeOfOldestMessage', 'Maximum', 'oldest, s');
  const givenUp = dead('ApproximateNumberOfMessagesVisible', 'Maximum', 'given up on');
  return {
    alarms: {
      [`${label}-age`]: {
        description: 'Work waits too long. See whether its consumers run, and how fast.',
        metrics: [age],
        periodSeconds: 300,
        threshold: queue.oldestSeconds ?? 3600,
      },
      [`${label}-dead-letters`]: {
        description: 'Work was given up on. Read a message of the dead-letter queue, mend the cause, then redrive.',
        metrics: [givenUp],
        periodSeconds: 300,
        threshold: 0,
      },
    },
    graphs: [
      {
        title: `Messages of the ${label}`,
        lines: [
          metric('ApproximateNumberOfMessagesVisible', 'Maximum', 'waiting'),
          metric('NumberOfMessagesDeleted', 'Sum', 'done'),
          givenUp,
        ],
      },
      { title: `Age of the ${label}`, lines: [age] },
    ],
  };
}

/** A Step Functions state machine: runs that fail, run out of time or are throttled. */
export function watchStateMachine(machine: {
  arn: pulumi.Input<string>;
  /** @default 'workflow' */
  label?: string;
}): Watch {
  const label = machine.label ?? 'workflow';
  const metric = metricsOf('AWS/States', { StateMachineArn: machine.arn });
  const failed = metric('ExecutionsFailed', 'Sum', 'failed');
  const late = metric('ExecutionsTimedOut', 'Sum', 'out of time');
  const throttled = metric('ExecutionThrottled', 'Sum', 'throttled');
  return {
    alarms: {
      [`${label}-errors`]: {
        description:
          'A run failed or ran out of time. Open it in the Step Functions console; redrive goes on where it stopped.',
        metrics: [failed, late],
        periodSeconds: 300,
        threshold: 0,
      },
      [`${label}-throttles`]: {
        description: 'Step Functions slows runs down. Lower the concurrency of the map, or ask for a higher quota.',
        metrics: [throttled],
        periodSeconds: 300,
        threshold: 5,
      },
    },
    graphs: [
      {
        title: `Runs of the ${label}`,
        lines: [
          metric('ExecutionsStarted', 'Sum', 'started'),
          metric('ExecutionsSucceeded', 'Sum', 'done'),
          failed,
          late,
        ],
      },
    ],
  };
}

/** An Aurora cluster: capacity in use, connections, and space. */
export function watchDatabase(database: {
  /** Identifier of the cluster, not its ARN. */
  clusterIdentifier: pulumi.Input<string>;
  /** Connections that are too many. @default 400 */
  connections?: number;
  /** @default 'database' */
  label?: string;
}): Watch {
  const label = database.label ?? 'database';
  const metric = metricsOf('AWS/RDS', { DBClusterIdentifier: database.clusterIdentifier });
  const acu = metric('ACUUtilization', 'Average', 'of the most capacity, %');
  const connections = metric('DatabaseConnections', 'Maximum', 'connections');
  return {
    alarms: {
      [`${label}-capacity`]: {
        description: 'The database is at its most capacity. Raise it, or see which query takes it.',
        metrics: [acu],
        periodSeconds: 300,
        periods: 3,
        threshold: 90,
      },
      [`${label}-connections`]: {
        description: 'Unusually many connections. See whether a service pools them.',
        metrics: [connections],
        periodSeconds: 300,
        threshold: database.connections ?? 400,
      },
    },
    graphs: [
      {
        title: `Capacity of the ${label}`,
        lines: [acu, metric('ServerlessDatabaseCapacity', 'Average', 'ACUs')],
      },
      { title: `Connections to the ${label}`, lines: [connections] },
    ],
  };
}
