import { statementsOf, type Statement } from '../../iam/policy-document.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

/** Conditions that say whose credentials or whose resources are meant. */
const WHOSE = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
];

export const endpointPolicy = defineStackRule({
  id: 'ec2-endpoint-policy',
  requirement: 19,
  pack: 'baseline',
  title: 'VPC endpoints let through only what is named',
  description:
    'An endpoint without a policy carries data to any account: with stolen credentials of another one, it is the way out of a closed network.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation:
    'Give the endpoint a policy with named actions, and named resources or a condition on the account or organisation.',
  source: { controls: ['FMI-10'], url: bedrockGuide('vpc-interface-endpoints') },
  check(stack, report) {
    const apart = stack.ofType('aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy');
    for (const endpoint of stack.ofType('aws:ec2/vpcEndpoint:VpcEndpoint')) {
      const { props, urn } = endpoint;
      if (props.vpcEndpointType === 'GatewayLoadBalancer') continue; // takes no policy
      const policies = [
        ...(props.policy === undefined ? [] : [props.policy]),
        ...apart
          .filter((policy) => stack.refersTo(policy, 'vpcEndpointId', endpoint))
          .map((policy) => policy.props.policy),
      ];
      if (policies.length === 0) report.violation('The endpoint has no policy: it lets everything through.', urn);
      for (const policy of policies) {
        const statements = statementsOf(policy);
        if (statements === undefined) report.violation('The policy of the endpoint cannot be read.', urn);
        else if (isUnknown(statements)) report.notYetKnown(statements, urn);
        else
          for (const statement of statements) {
            const problem = problemWith(statement);
            if (problem !== undefined) report.violation(problem, urn);
          }
      }
    }
  },
});

function problemWith({
  effect,
  actions,
  notActions,
  resources,
  principals,
  conditions,
}: Statement): string | undefined {
  if (effect !== 'Allow') return undefined;
  const wide =
    notActions.length > 0 ? 'everything but a few' : actions.find((action) => /^(\*|[\w-]+:\*)$/.test(action));
  if (wide !== undefined) return `The endpoint lets through ${wide === '*' ? 'every action' : wide}.`;
  const anybody = isEverybody(principals);
  const limited = Object.values(conditions).some((keys) => Object.keys(keys).some((key) => WHOSE.includes(key)));
  if (anybody && resources.includes('*') && !limited)
    return 'The endpoint lets anybody reach the resources of any account.';
  return undefined;
}

function isEverybody(principals: unknown): boolean {
  if (typeof principals !== 'object' || principals === null) return principals === undefined || principals === '*';
  const aws: unknown = Reflect.get(principals, 'AWS');
  return [aws].flat().includes('*');
}
