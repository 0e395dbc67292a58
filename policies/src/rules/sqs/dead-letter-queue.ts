import { ADVISE_IN_DEV } from '../../levels.ts';
import { CDK_NAG } from '../../links.ts';
import { at, readJson } from '../../read.ts';
import { defineStackRule, type Report } from '../../rule.ts';
import type { StackView, ViewedResource } from '../../stack-view.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const REDRIVE = 'aws:sqs/redrivePolicy:RedrivePolicy';
/** Where queues, functions, subscriptions, rules and event sources name the queue their failures go to. */
const FAILURES_GO_TO: readonly (readonly [property: string, ...path: string[]])[] = [
  ['redrivePolicy'],
  ['deadLetterConfig'],
  ['target', 'deadLetterConfig'],
  ['destinationConfig', 'onFailure'],
];

export const deadLetterQueue = defineStackRule({
  id: 'sqs-dead-letter-queue',
  requirement: 32,
  pack: 'baseline',
  title: 'Every queue has a dead-letter queue',
  description:
    'A message that cannot be handled comes back until it expires: it costs a model call each time, then is lost.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set redrivePolicy with deadLetterTargetArn and maxReceiveCount.',
  source: { controls: ['AwsSolutions-SQS3'], url: CDK_NAG },
  check(stack, report) {
    for (const queue of stack.ofType('aws:sqs/queue:Queue')) {
      const takesFailures = isDeadLetterQueue(stack, queue);
      if (isUnknown(takesFailures)) report.notYetKnown(takesFailures, queue.urn);
      else if (!takesFailures) judgeRedrive(stack, queue, report);
    }
  },
});

/** It says so itself, or something sends its failures there. */
function isDeadLetterQueue(stack: StackView, queue: ViewedResource<unknown>): boolean | Unknown {
  if (at(queue.props, 'redriveAllowPolicy') !== undefined) return true;
  let open: Unknown | undefined;
  for (const other of stack.resources)
    for (const [property, ...path] of FAILURES_GO_TO) {
      const setting = at(other.props, property, ...path);
      if (other.urn === queue.urn || setting === undefined) continue;
      if (stack.holds(setting, queue)) return true;
      if ((other.dependencies[property] ?? []).includes(queue.urn)) {
        if (path.length === 0) return true;
        // The queue is in there: as the place failures go to, or as the target itself.
        open ??= firstUnknown(setting);
      }
    }
  return open ?? false;
}

function firstUnknown(value: unknown): Unknown | undefined {
  if (isUnknown(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).map(firstUnknown).find(isUnknown);
}

function judgeRedrive(stack: StackView, queue: ViewedResource<unknown>, report: Report): void {
  const apart = stack.resources.filter(({ type }) => type === REDRIVE);
  const policies = [
    at(queue.props, 'redrivePolicy'),
    ...apart.filter((policy) => stack.refersTo(policy, 'queueUrl', queue)).map(({ props }) => props['redrivePolicy']),
  ].filter((policy) => policy !== undefined);
  if (policies.length === 0) return report.violation('Messages that fail are lost.', queue.urn);
  for (const policy of policies) {
    const document = readJson(policy);
    if (isUnknown(document)) report.notYetKnown(document, queue.urn);
    else if (at(document, 'deadLetterTargetArn') === undefined)
      report.violation('The redrive policy names no dead-letter queue.', queue.urn);
    else {
      const most = at(document, 'maxReceiveCount');
      if (isUnknown(most)) report.notYetKnown(most, queue.urn);
      else if (!(Number(most) >= 1)) report.violation('The redrive policy has no maxReceiveCount.', queue.urn);
    }
  }
}
