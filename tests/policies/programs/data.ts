import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/data';
const bucket = () => new aws.s3.Bucket('documents', { bucket: 'documents' });

export const programs = [
  program('a bucket under the key of S3', ['s3-kms-encryption'], (sound) => {
    const byDefault = sound ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: KEY } : { sseAlgorithm: 'AES256' };
    new aws.s3.BucketServerSideEncryptionConfiguration('documents', {
      bucket: bucket().bucket,
      rules: [{ applyServerSideEncryptionByDefault: byDefault }],
    });
  }),
  program('a bucket that may be made public', ['s3-public-access-blocked'], (sound) => {
    new aws.s3.BucketPublicAccessBlock('documents', {
      bucket: bucket().bucket,
      blockPublicAcls: true,
      blockPublicPolicy: sound,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }),
  program('a bucket that answers plain HTTP', ['s3-tls-only'], (sound) => {
    const { bucket: name } = bucket();
    const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
    const denial = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', ...(sound && { Condition }) };
    if (sound) new aws.s3.BucketPolicy('documents', { bucket: name, policy: JSON.stringify({ Statement: [denial] }) });
  }),
  program('a table that cannot be restored', ['dynamodb-point-in-time-recovery'], (sound) => {
    new aws.dynamodb.Table('records', { attributes: [], pointInTimeRecovery: { enabled: sound } });
  }),
  program('an Aurora cluster as AWS makes it', ['rds-cluster-encrypted', 'rds-cluster-recoverable'], (sound) => {
    new aws.rds.Cluster('index', {
      engine: 'aurora-postgresql',
      ...(sound && {
        storageEncrypted: true,
        iamDatabaseAuthenticationEnabled: true,
        deletionProtection: true,
        backupRetentionPeriod: 14,
      }),
    });
  }),
  program('a database on the internet', ['rds-instance-not-public'], (sound) => {
    new aws.rds.ClusterInstance('index', {
      clusterIdentifier: 'index',
      engine: 'aurora-postgresql',
      instanceClass: 'db.serverless',
      publiclyAccessible: !sound,
    });
  }),
  program('a queue that loses what fails', ['sqs-dead-letter-queue'], (sound) => {
    const failed = new aws.sqs.Queue('failed', { redriveAllowPolicy: '{"redrivePermission":"allowAll"}' });
    const redrivePolicy = failed.arn.apply((deadLetterTargetArn) =>
      JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }),
    );
    new aws.sqs.Queue('work', sound ? { redrivePolicy } : {});
  }),
];
