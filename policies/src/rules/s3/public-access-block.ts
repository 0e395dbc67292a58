import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { CDK_NAG } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';

const SWITCHES = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

export const bucketPublicAccessBlock = defineStackRule({
  id: 's3-public-access-blocked',
  requirement: 5,
  pack: 'baseline',
  title: 'Buckets block public access in all four ways',
  description: 'Prompts, documents and logs lie in buckets. The block wins over any policy or ACL added later.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Add an aws.s3.BucketPublicAccessBlock for the bucket with all four switches true.',
  source: { controls: ['AwsSolutions-S2', 'S3.8'], url: CDK_NAG },
  check(stack, report) {
    const blocks = stack.ofType('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock');
    for (const bucket of stack.ofType('aws:s3/bucket:Bucket')) {
      const own = blocks.filter((block) => stack.refersTo(block, 'bucket', bucket));
      if (own.length === 0) report.violation('The bucket has no public access block.', bucket.urn);
      for (const { props, urn } of own)
        for (const name of SWITCHES) judge(props[name], report, (on) => on === true, `${name} is off.`, urn);
    }
  },
});
