import { hasAccelerator, withoutPrefix } from '../../accelerators.ts';
import { instanceChoicesOf, INSTANCE_CHOOSERS } from '../../instance-choices.ts';
import { ALWAYS } from '../../levels.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const acceleratorAllowList = defineRule({
  id: 'accelerator-allow-list',
  requirement: 26,
  pack: 'baseline',
  title: 'Instances with an accelerator are of types the environment allows',
  description: 'One wrong word in a node pool starts a machine at a hundred dollars an hour.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Choose a type from policies/src/accelerators.ts, or add one there with a review.',
  source: { controls: [], url: 'https://aws.amazon.com/ec2/instance-types/#Accelerated_Computing' },
  types: INSTANCE_CHOOSERS,
  check(props, report, { resource, environment, settings }) {
    const allowed = settings.acceleratorInstanceTypes[environment];
    for (const choice of instanceChoicesOf(resource.type, props)) {
      if (isUnknown(choice)) report.notYetKnown(choice);
      else if (choice.kind === 'open') report.violation(`${choice.what}: list the instance types.`);
      else if (hasAccelerator(choice.type) && !allowed.includes(withoutPrefix(choice.type)))
        report.violation(`${choice.type} is not allowed in ${environment}.`);
    }
  },
});
