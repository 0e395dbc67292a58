import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const STAGE = 'aws:apigateway/stage:Stage';

export const stageWebAcl = defineStackRule({
  id: 'apigateway-stage-web-acl',
  requirement: 10,
  pack: 'baseline',
  title: 'Every API stage stands behind a web ACL',
  description: 'The web ACL is what stops floods and known attacks before they cost anything.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Associate a regional web ACL with the ARN of the stage.',
  source: { controls: ['AwsSolutions-APIG3', 'APIGateway.4'], url: securityHub('apigateway', 'APIGateway.4') },
  check(stack, report) {
    const associations = stack.ofType('aws:wafv2/webAclAssociation:WebAclAssociation');
    for (const stage of stack.ofType(STAGE)) {
      if (associations.some((association) => stack.refersTo(association, 'resourceArn', stage))) continue;
      // An ARN that cannot be followed to its resource may be this stage's.
      const open = associations
        .map(({ props }) => props.resourceArn)
        .filter(isUnknown)
        .find(({ sources }) => sources.length === 0);
      if (open !== undefined) report.notYetKnown(open, stage.urn);
      else report.violation('No web ACL is associated with the stage.', stage.urn);
    }
  },
});
