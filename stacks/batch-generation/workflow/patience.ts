import { TRY_STEP_AGAIN } from '@plinth/contracts';
import type { TaskState } from '@plinth/infra';

type Retry = NonNullable<TaskState['Retry']>[number];

/** Trouble of Lambda itself, or of a step that says that trying again may help. */
export const STEP_RETRY: readonly Retry[] = [
  {
    ErrorEquals: [
      TRY_STEP_AGAIN,
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
  // All copies are busy: not a failure, but a queue.
  {
    ErrorEquals: ['Lambda.TooManyRequestsException'],
    IntervalSeconds: 5,
    MaxAttempts: 20,
    BackoffRate: 1.5,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL',
  },
];

/** AWS fails or throttles a call: seconds. */
export const briefly = (...errors: string[]): Retry => ({
  ErrorEquals: errors,
  IntervalSeconds: 5,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
});

/** A quota is used up by jobs that run: minutes to hours. */
export const patiently = (...errors: string[]): Retry => ({
  ErrorEquals: errors,
  IntervalSeconds: 300,
  MaxAttempts: 48,
  BackoffRate: 1.2,
  MaxDelaySeconds: 1_800,
  JitterStrategy: 'FULL',
});
