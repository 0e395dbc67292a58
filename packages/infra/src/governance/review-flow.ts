import type * as pulumi from '@pulumi/pulumi';
import type { TaskState, Workflow } from '../data/amazon-states.ts';

interface ReviewPlaces {
  readonly tableName: pulumi.Input<string>;
  readonly queueUrl: pulumi.Input<string>;
  readonly answerSeconds: number;
}

/** Time for the records before and after a person's answer. */
const RECORDING_SECONDS = 600;

/** AWS has trouble now and then; a decision must not be lost to it. */
const PATIENCE = [
  {
    ErrorEquals: [
      'DynamoDB.InternalServerErrorException',
      'DynamoDB.ThrottlingException',
      'DynamoDB.RequestLimitExceededException',
      'DynamoDB.SdkClientException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 5,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
] as const;

/**
 * One review: recorded as waiting, put before people, and recorded as they say. No answer in time is a refusal, and so is any trouble
 * on the way: what was held is let go by a person's word alone.
 *
 * Input: `{ reviewId, tenant, reason }`. The text under review stays where the caller keeps it; a message or a run never holds it.
 * Answer, with the task's token: `{ approved: boolean, reviewer, note }`.
 */
export function reviewFlow({ tableName, queueUrl, answerSeconds }: ReviewPlaces): Workflow {
  return {
    Comment: 'Hold a request until a person decides.',
    QueryLanguage: 'JSONPath',
    TimeoutSeconds: answerSeconds + RECORDING_SECONDS,
    StartAt: 'RecordWaiting',
    States: {
      RecordWaiting: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:putItem',
        TimeoutSeconds: 60,
        Parameters: {
          TableName: tableName,
          Item: {
            ...keys(),
            tenant: { 'S.$': '$.tenant' },
            reason: { 'S.$': '$.reason' },
            decision: { S: 'waiting' },
            askedAt: { 'S.$': '$$.Execution.StartTime' },
            execution: { 'S.$': '$$.Execution.Id' },
          },
          // A review that was decided stays decided, whoever starts it again.
          ConditionExpression: 'attribute_not_exists(pk)',
        },
        ResultPath: null,
        Retry: [...PATIENCE],
        Next: 'AskPeople',
      },
      AskPeople: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        TimeoutSeconds: answerSeconds,
        Parameters: {
          QueueUrl: queueUrl,
          MessageBody: {
            'reviewId.$': '$.reviewId',
            'tenant.$': '$.tenant',
            'reason.$': '$.reason',
            'askedAt.$': '$$.Execution.StartTime',
            'taskToken.$': '$$.Task.Token',
          },
        },
        ResultPath: '$.answer',
        Catch: [
          { ErrorEquals: ['States.Timeout'], Next: 'NobodyAnswered', ResultPath: null },
          { ErrorEquals: ['States.ALL'], Next: 'NobodyCouldAnswer', ResultPath: null },
        ],
        Next: 'Approved?',
      },
      'Approved?': {
        Type: 'Choice',
        Choices: [
          {
            // Nothing but a plain yes with a name to it lets a request go on.
            And: [
              { Variable: '$.answer.approved', IsBoolean: true },
              { Variable: '$.answer.approved', BooleanEquals: true },
              { Variable: '$.answer.reviewer', IsString: true },
            ],
            Next: 'RecordApproved',
          },
          { Variable: '$.answer.reviewer', IsString: true, Next: 'RecordRefused' },
        ],
        Default: 'NobodyCouldAnswer',
      },
      NobodyAnswered: { Type: 'Pass', Result: by('timeout'), ResultPath: '$.answer', Next: 'RecordRefused' },
      NobodyCouldAnswer: { Type: 'Pass', Result: by('failure'), ResultPath: '$.answer', Next: 'RecordRefused' },
      RecordApproved: decided(tableName, 'approved', 'Approved'),
      RecordRefused: decided(tableName, 'refused', 'Refused'),
      Approved: { Type: 'Succeed' },
      Refused: { Type: 'Succeed' },
    },
  };
}

/** Reviews are found by their own id; the table holds nothing else under `review#`. */
function keys() {
  return { pk: { 'S.$': "States.Format('review#{}', $.reviewId)" }, sk: { S: 'decision' } };
}

function by(reviewer: string) {
  return { approved: false, reviewer };
}

function decided(tableName: pulumi.Input<string>, decision: 'approved' | 'refused', Next: string): TaskState {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:updateItem',
    TimeoutSeconds: 60,
    Parameters: {
      TableName: tableName,
      Key: keys(),
      UpdateExpression: 'SET decision = :decision, reviewer = :reviewer, decidedAt = :decidedAt',
      ConditionExpression: 'decision = :waiting',
      ExpressionAttributeValues: {
        ':decision': { S: decision },
        ':waiting': { S: 'waiting' },
        ':reviewer': { 'S.$': '$.answer.reviewer' },
        ':decidedAt': { 'S.$': '$$.State.EnteredTime' },
      },
    },
    ResultPath: null,
    Retry: [...PATIENCE],
    Next,
  };
}
