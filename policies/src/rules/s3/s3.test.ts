import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { bucketEncryption } from './bucket-encryption.ts';
import { bucketPublicAccessBlock } from './public-access-block.ts';
import { bucketTlsOnly } from './tls-only.ts';

const bucket = sample('aws:s3/bucket:Bucket', { bucket: 'logs' }, { name: 'logs' });
const unnamed = sample('aws:s3/bucket:Bucket', {}, { name: 'logs' });
/** As at preview: the name is unknown, and only the graph says which bucket is meant. */
const ofUnnamed = { dependencies: { bucket: [unnamed.urn] } };

const ON = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const block = (props: object, options = {}) =>
  sample('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { bucket: 'logs', ...props }, options);

describeRule(bucketPublicAccessBlock, {
  passes: {
    'all four on': [bucket, block(ON)],
    'a bucket whose name is not known yet': [unnamed, block({ ...ON, bucket: UNKNOWN }, ofUnnamed)],
    'a stack without buckets': [sample('aws:kms/key:Key', {})],
  },
  fails: {
    'one switch off': { given: [bucket, block({ ...ON, ignorePublicAcls: false })], says: /ignorePublicAcls is off/ },
    'a block of another bucket': { given: [bucket, block({ ...ON, bucket: 'other' })], says: /no public access block/ },
  },
  missing: {
    fails: {
      'no block': { given: [bucket], says: /no public access block/ },
      'one switch left out': {
        given: [bucket, block({ ...ON, blockPublicAcls: undefined })],
        says: /blockPublicAcls is off/,
      },
    },
  },
  unknown: { 'one switch': [bucket, block({ ...ON, blockPublicAcls: UNKNOWN })] },
});

const kmsMasterKeyId = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const balancer = (name: string, options = {}) =>
  sample('aws:lb/loadBalancer:LoadBalancer', { accessLogs: { bucket: name, enabled: true } }, options);
const encryption = (standard: unknown, options = {}) =>
  sample(
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    {
      bucket: options === ofUnnamed ? UNKNOWN : 'logs',
      rules: [{ applyServerSideEncryptionByDefault: standard }],
    } as object,
    options,
  );

describeRule(bucketEncryption, {
  passes: {
    'KMS with an own key': [bucket, encryption({ sseAlgorithm: 'aws:kms', kmsMasterKeyId })],
    'a bucket whose name is not known yet': [
      unnamed,
      encryption({ sseAlgorithm: 'aws:kms:dsse', kmsMasterKeyId }, ofUnnamed),
    ],
    'access logs of a load balancer, which takes no other key': [
      bucket,
      encryption({ sseAlgorithm: 'AES256' }),
      balancer('logs'),
    ],
    'the same before names are known': [
      unnamed,
      encryption({ sseAlgorithm: 'AES256' }, ofUnnamed),
      balancer(UNKNOWN, { dependencies: { accessLogs: [unnamed.urn] } }),
    ],
  },
  fails: {
    'the key S3 manages': { given: [bucket, encryption({ sseAlgorithm: 'AES256' })], says: /not encrypted with KMS/ },
    'the key S3 manages, beside access logs elsewhere': {
      given: [bucket, encryption({ sseAlgorithm: 'AES256' }), balancer('other')],
      says: /not encrypted with KMS/,
    },
    'access logs in a bucket without a setting': { given: [bucket, balancer('logs')], says: /no encryption setting/ },
    'the KMS key AWS manages': { given: [bucket, encryption({ sseAlgorithm: 'aws:kms' })], says: /customer-managed/ },
  },
  missing: {
    fails: {
      'no configuration': { given: [bucket], says: /no encryption setting/ },
      'no default': { given: [bucket, encryption(undefined)], says: /not encrypted with KMS/ },
    },
  },
  unknown: {
    'the key': [bucket, encryption({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: UNKNOWN })],
    'the default': [bucket, encryption(UNKNOWN)],
  },
});

const refusal = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const policy = (statement: object | string) =>
  sample('aws:s3/bucketPolicy:BucketPolicy', {
    bucket: 'logs',
    policy: typeof statement === 'string' ? statement : JSON.stringify({ Statement: [statement] }),
  });

describeRule(bucketTlsOnly, {
  passes: {
    'plain HTTP denied': [bucket, policy(refusal)],
    'denied as a boolean': [bucket, policy({ ...refusal, Condition: { Bool: { 'aws:SecureTransport': false } } })],
  },
  fails: {
    'only reading denied': { given: [bucket, policy({ ...refusal, Action: 's3:GetObject' })], says: /plain HTTP/ },
    'denied over HTTPS instead': {
      given: [bucket, policy({ ...refusal, Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      says: /plain HTTP/,
    },
  },
  missing: {
    fails: {
      'no policy': { given: [bucket], says: /plain HTTP/ },
      'no condition': { given: [bucket, policy({ ...refusal, Condition: undefined })], says: /plain HTTP/ },
    },
  },
  unknown: { 'the document': [bucket, policy(UNKNOWN)] },
});
