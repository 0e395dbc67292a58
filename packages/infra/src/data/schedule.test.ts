import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { Schedule, type ScheduleArgs, type ScheduleTarget } from './schedule.ts';
import { StateMachine } from './state-machine.ts';
import { WorkQueue } from './work-queue.ts';

const SCHEDULE = 'aws:scheduler/schedule:Schedule';
const stop: ScheduleTarget = {
  kind: 'call',
  service: 'sagemaker',
  operation: 'updateEndpointWeightsAndCapacities',
  input: { EndpointName: 'chat' },
  statements: [
    {
      Sid: 'Scale',
      Effect: 'Allow',
      Action: ['sagemaker:UpdateEndpointWeightsAndCapacities'],
      Resource: ['arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat'],
    },
  ],
};
const schedule = (change: Partial<ScheduleArgs> = {}, target: () => ScheduleTarget = () => stop) =>
  registered(
    () =>
      new Schedule('night', {
        placement: PLACEMENT,
        description: 'Stops at night.',
        expression: 'cron(0 22 ? * MON-FRI *)',
        timeZone: 'Europe/Berlin',
        target: target(),
        deadLetter: new DeadLetterQueue('lost', { placement: PLACEMENT, keyArn: KEY_ARN }),
        keyArn: KEY_ARN,
        ...change,
      }),
  );
const granted = async (target: () => ScheduleTarget) =>
  statementsOf(await schedule({}, target))
    .filter(({ resource }) => resource === 'aws:iam/rolePolicy:RolePolicy night')
    .map(({ Sid }) => Sid);

describe('Schedule', () => {
  it('keeps local time, spreads load, and gives up after an hour', async () => {
    expect(only(await schedule(), SCHEDULE).inputs).toMatchObject({
      scheduleExpressionTimezone: 'Europe/Berlin',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      kmsKeyArn: KEY_ARN,
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:sagemaker:updateEndpointWeightsAndCapacities',
        input: '{"EndpointName":"chat"}',
        retryPolicy: { maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: 'arn:aws:sqs:us-east-1:123456789012:lost-id' },
      },
    });
  });

  it('hands over values that are known only once something else exists', async () => {
    const target = (): ScheduleTarget => ({
      kind: 'call',
      service: 'sagemaker',
      operation: 'describeEndpoint',
      input: { EndpointName: pulumi.output('later') },
      statements: [],
    });
    expect(only(await schedule({}, target), SCHEDULE).inputs['target']).toMatchObject({
      input: '{"EndpointName":"later"}',
    });
  });

  it('is on the minute where that is asked for', async () => {
    expect(only(await schedule({ flexibleMinutes: 0 }), SCHEDULE).inputs['flexibleTimeWindow']).toEqual({
      mode: 'OFF',
    });
  });

  it('may do what its target needs, and leave messages in its dead-letter queue', async () => {
    expect(await granted(() => stop)).toEqual(['Scale', 'SendMessages', 'UseKeyThroughServices', 'ReadInput']);
    const queue = () => new WorkQueue('work', { placement: PLACEMENT, keyArn: KEY_ARN });
    expect(await granted(() => ({ kind: 'queue', queue: queue(), message: {} }))).toEqual([
      'SendMessages',
      'UseKeyThroughServices',
      'SendMessages2',
      'UseKeyThroughServices2',
      'ReadInput',
    ]);
    const machine = () =>
      new StateMachine('jobs', {
        placement: PLACEMENT,
        machineName: 'jobs',
        workflow: { TimeoutSeconds: 60, StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
        statements: [],
        keyArn: KEY_ARN,
      });
    expect(await granted(() => ({ kind: 'workflow', machine: machine() }))).toContain('StartWorkflow');
  });

  it('holds no wildcard without a reason', async () => {
    expect(unjustifiedWildcards(await schedule())).toEqual([]);
  });

  it.each<[Partial<ScheduleArgs>, RegExp]>([
    [{ expression: '0 22 * * *' }, /Write cron/],
    [{ expression: 'cron(0 22 * * MON)' }, /Write cron/],
    [{ timeZone: 'Berlin' }, /no time zone/],
  ])('refuses %j', async (change, says) => {
    await expect(schedule(change)).rejects.toThrow(says);
  });
});
