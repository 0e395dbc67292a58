import { judge, judgeCustomerKey, knownItems } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const bucketEncryption = defineStackRule({
  id: 's3-kms-encryption',
  requirement: 5,
  pack: 'baseline',
  title: 'Buckets are encrypted under a customer-managed key',
  description: 'Reading an object then also takes the right to use the key, and the key can be taken away.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Add an aws.s3.BucketServerSideEncryptionConfiguration with aws:kms and a key of your own.',
  source: { controls: ['S3.17'], url: securityHub('s3', 'S3.17') },
  check(stack, report) {
    const configurations = stack.ofType(
      'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    );
    const balancers = stack.ofType('aws:lb/loadBalancer:LoadBalancer');
    for (const bucket of stack.ofType('aws:s3/bucket:Bucket')) {
      const own = configurations.filter((configuration) => stack.refersTo(configuration, 'bucket', bucket));
      if (own.length === 0) report.violation('The bucket has no encryption setting of its own.', bucket.urn);
      // Elastic Load Balancing writes its access logs to buckets under S3's own key, and to no others (its user guide).
      else if (balancers.some((balancer) => stack.mentions(balancer, 'accessLogs', bucket))) continue;
      for (const { props, urn } of own)
        for (const rule of knownItems(props.rules, report, urn)) {
          const standard = rule.applyServerSideEncryptionByDefault;
          if (isUnknown(standard)) {
            report.notYetKnown(standard, urn);
            continue;
          }
          judge(
            standard?.sseAlgorithm,
            report,
            (name) => name?.startsWith('aws:kms') === true,
            'Objects are not encrypted with KMS.',
            urn,
          );
          judgeCustomerKey(standard?.kmsMasterKeyId, report, 'The bucket', urn);
        }
    }
  },
});
