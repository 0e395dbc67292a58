import { ALWAYS } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { listAt } from '../../read.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';
import { inVpcOnlyStacks } from '../../vpc-only.ts';

export const functionsInVpc = defineStackRule({
  id: 'vpc-only-functions-in-vpc',
  requirement: 23,
  pack: 'baseline',
  title: 'Functions of vpc-only stacks run in the VPC',
  description: 'A function outside the VPC has the whole internet, whatever the network of the stack forbids.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Set vpcConfig with subnets and security groups of the stack.',
  source: { controls: ['CKV_AWS_117', 'Lambda.3'], url: CHECKOV },
  check(stack, report) {
    inVpcOnlyStacks(stack, report, (own) => {
      for (const { props, urn } of stack.ofType('aws:lambda/function:Function'))
        for (const part of ['subnetIds', 'securityGroupIds']) {
          const list = listAt(props, 'vpcConfig', part);
          if (isUnknown(list)) own.notYetKnown(list, urn);
          else if (list.length === 0) {
            own.violation('The function is not in the VPC.', urn);
            break;
          }
        }
    });
  },
});
