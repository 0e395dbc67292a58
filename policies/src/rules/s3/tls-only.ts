import { statementsOf, type Statement } from '../../iam/policy-document.ts';
import { ALWAYS } from '../../levels.ts';
import { CDK_NAG } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const bucketTlsOnly = defineStackRule({
  id: 's3-tls-only',
  requirement: 5,
  pack: 'baseline',
  title: 'Buckets refuse plain HTTP',
  description: 'S3 answers plain HTTP unless a bucket policy refuses it.',
  severity: 'medium',
  levels: ALWAYS,
  remediation: 'Add a bucket policy that denies s3:* when aws:SecureTransport is false.',
  source: { controls: ['AwsSolutions-S10', 'S3.5'], url: CDK_NAG },
  check(stack, report) {
    const policies = stack.ofType('aws:s3/bucketPolicy:BucketPolicy');
    for (const bucket of stack.ofType('aws:s3/bucket:Bucket')) {
      const own = policies.filter((policy) => stack.refersTo(policy, 'bucket', bucket));
      const documents = own.map(({ props }) => statementsOf(props.policy));
      if (documents.some((statements) => Array.isArray(statements) && statements.some(refusesPlainHttp))) continue;
      const unknown = documents.find(isUnknown);
      if (unknown !== undefined) report.notYetKnown(unknown, bucket.urn);
      else report.violation('No policy of the bucket refuses plain HTTP.', bucket.urn);
    }
  },
});

function refusesPlainHttp(statement: Statement): boolean {
  return (
    statement.effect === 'Deny' &&
    statement.actions.some((action) => action === '*' || action.toLowerCase() === 's3:*') &&
    statement.conditions['Bool']?.['aws:securetransport']?.includes('false') === true
  );
}
