import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineStackRule, type Report } from '../../rule.ts';
import type { StackView, ViewedResource } from '../../stack-view.ts';
import { isUnknown } from '../../unknown.ts';

const LOGGING = 'aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration';

export const invocationLogging = defineStackRule({
  id: 'bedrock-invocation-logging',
  requirement: 42,
  pack: 'genai',
  title: 'The foundation logs every model invocation, with text, encrypted, and it alone does',
  description: 'AWS keeps one logging setting per account and Region: a second stack would silently replace the first.',
  severity: 'high',
  levels: ALWAYS,
  remediation:
    'Keep one InvocationLoggingConfiguration, in the foundation, with text on and an encrypted log group or bucket.',
  source: { controls: ['FMI-04', 'FMI-06'], url: bedrockGuide('model-invocation-logging') },
  check(stack, report, { settings }) {
    const owners = stack.ofType(LOGGING);
    const isFoundation = stack.project === settings.foundationProject;
    if (isFoundation && owners.length === 0) report.violation('Model invocations are not logged.');
    for (const [index, owner] of owners.entries()) {
      if (!isFoundation) report.violation(`Only ${settings.foundationProject} may own invocation logging.`, owner.urn);
      if (index > 0) report.violation('The stack sets invocation logging more than once.', owner.urn);
      const logging = owner.props.loggingConfig;
      if (isUnknown(logging)) {
        report.notYetKnown(logging, owner.urn);
        continue;
      }
      judge(logging?.textDataDeliveryEnabled ?? true, report, Boolean, 'Text is not logged.', owner.urn);
      const destinations = [logging?.cloudwatchConfig, logging?.s3Config];
      if (destinations.every((destination) => destination === undefined))
        report.violation('Logs have no destination.', owner.urn);
      const unknown = destinations.find(isUnknown);
      if (unknown !== undefined) report.notYetKnown(unknown, owner.urn);
      judgeEncryption(stack, owner, report);
    }
  },
});

/** Destinations of the same stack are judged by their own rules; here, that each one is a resource those rules can see. */
function judgeEncryption(stack: StackView, owner: ViewedResource<unknown>, report: Report): void {
  const groups = stack.ofType('aws:cloudwatch/logGroup:LogGroup');
  const encrypted = stack.ofType(
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  );
  const uses = (type: { urn: string }) => dependenciesOf(owner).includes(type.urn);
  for (const group of groups.filter(uses))
    if (group.props.kmsKeyId === undefined)
      report.violation('The log group of model invocations is not encrypted.', group.urn);
  for (const bucket of stack.ofType('aws:s3/bucket:Bucket').filter(uses))
    if (!encrypted.some((configuration) => stack.refersTo(configuration, 'bucket', bucket)))
      report.violation('The bucket of model invocations is not encrypted under a key.', bucket.urn);
}

function dependenciesOf(resource: ViewedResource<unknown>): readonly string[] {
  return Object.values(resource.dependencies).flat();
}
