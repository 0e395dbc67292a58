import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { ALERTING_SERVICES } from '../observability/alerting-services.ts';

/** AWS services that use a key by themselves, not on behalf of a caller's role. */
export const KEY_USERS = [
  'logs',
  'log-delivery',
  'bedrock-logging',
  'alarm-topics',
  'audit-trail',
  'messages',
  's3-vectors',
] as const;
export type KeyUser = (typeof KEY_USERS)[number];

/** What a key's policy says for each of them, always on behalf of this account alone. */
export function keyUserStatements({ account, partition, region }: Placement): Readonly<Record<KeyUser, Statement>> {
  const ownAccount = { StringEquals: { 'aws:SourceAccount': account } };
  return {
    logs: {
      Sid: 'LogGroups',
      Effect: 'Allow',
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:DescribeKey',
      ],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    },
    'bedrock-logging': {
      Sid: 'BedrockInvocationLogs',
      Effect: 'Allow',
      Principal: { Service: 'bedrock.amazonaws.com' },
      Action: ['kms:GenerateDataKey'],
      Resource: '*',
      Condition: ownAccount,
    },
    's3-vectors': {
      // S3 Vectors rearranges an index by itself, and reads it for that.
      Sid: 'VectorIndexes',
      Effect: 'Allow',
      Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
      Action: ['kms:Decrypt'],
      Resource: '*',
      Condition: ownAccount,
    },
    'alarm-topics': {
      Sid: 'AlarmsAndBudgetsToTopics',
      Effect: 'Allow',
      Principal: { Service: [...ALERTING_SERVICES] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: ownAccount,
    },
    'audit-trail': {
      Sid: 'AuditTrails',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      // Decrypt is asked for when a trail is created on a bucket that uses bucket keys (CloudTrail documentation).
      Action: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        ArnLike: { 'aws:SourceArn': pulumi.interpolate`arn:${partition}:cloudtrail:${region}:${account}:trail/*` },
      },
    },
    'log-delivery': {
      // Step Functions and others hand their logs to this service sealed, and it opens them to write them.
      Sid: 'LogDelivery',
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: ['kms:Decrypt'],
      Resource: '*',
      Condition: {
        StringLike: {
          'kms:EncryptionContext:SourceArn': pulumi.interpolate`arn:${partition}:logs:${region}:${account}:*`,
        },
      },
    },
    messages: {
      // S3 and EventBridge to queues and topics, topics to queues.
      Sid: 'EventsToQueuesAndTopics',
      Effect: 'Allow',
      Principal: { Service: ['s3.amazonaws.com', 'events.amazonaws.com', 'sns.amazonaws.com'] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: ownAccount,
    },
  };
}
