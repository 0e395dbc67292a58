import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, type Statement } from '../iam/statement.ts';

/** An AWS service that sends by itself, on behalf of one resource. */
export interface QueueSender {
  /** Service principal, for example `s3.amazonaws.com`. */
  readonly service: string;
  /** The resource it sends for. Stops another account's resource from borrowing the service's identity. */
  readonly sourceArn: pulumi.Input<string>;
}

interface EncryptedQueueArgs {
  readonly keyArn: pulumi.Input<string>;
  readonly retentionDays: number;
  readonly visibilitySeconds?: number;
  readonly redrivePolicy?: pulumi.Input<string>;
  readonly senders?: readonly QueueSender[];
}

/** The one shape of every queue: standard, encrypted, long-polled, and closed to plain HTTP. */
export function encryptedQueue(
  name: string,
  args: EncryptedQueueArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly queue: aws.sqs.Queue; readonly policy: aws.sqs.QueuePolicy } {
  const queue = new aws.sqs.Queue(
    name,
    {
      kmsMasterKeyId: args.keyArn,
      // KMS bills every call: five minutes of reuse is what AWS recommends as the default.
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: args.retentionDays * 86_400,
      receiveWaitTimeSeconds: 20,
      ...(args.visibilitySeconds !== undefined && { visibilityTimeoutSeconds: args.visibilitySeconds }),
      ...(args.redrivePolicy !== undefined && { redrivePolicy: args.redrivePolicy }),
    },
    opts,
  );
  const policy = new aws.sqs.QueuePolicy(
    name,
    {
      queueUrl: queue.url,
      policy: policyDocument([
        {
          Sid: 'RefusePlainHttp',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['sqs:*'],
          Resource: [queue.arn],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        ...(args.senders ?? []).map(({ service, sourceArn }): Statement => ({
          Sid: 'ServiceSends',
          Effect: 'Allow',
          Principal: { Service: service },
          Action: ['sqs:SendMessage'],
          Resource: [queue.arn],
          Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
        })),
      ]),
    },
    opts,
  );
  return { queue, policy };
}

/** Lets a role send to a queue, and use its key through SQS to do so. */
export function grantSendTo(
  queueArn: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
  placement: Placement,
): Statement[] {
  return [
    { Sid: 'SendMessages', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [queueArn] },
    grantKeyThrough(keyArn, placement, 'sqs'),
  ];
}
