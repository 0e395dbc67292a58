import { ALWAYS } from '../../levels.ts';
import { defineStackRule } from '../../rule.ts';
import type { StackView } from '../../stack-view.ts';
import { isUnknown } from '../../unknown.ts';

const ALWAYS_PUBLIC = [
  'aws:ec2/internetGateway:InternetGateway',
  'aws:ec2/natGateway:NatGateway',
  'aws:apigatewayv2/api:Api',
  'aws:lambda/functionUrl:FunctionUrl',
  'aws:cloudfront/distribution:Distribution',
];

export const restrictedDataNetwork = defineStackRule({
  id: 'tags-restricted-data-network',
  requirement: 34,
  pack: 'baseline',
  title: 'Restricted data stays in stacks without a public network',
  description:
    'The data class restricted is a promise that nothing in the stack can be reached from, or reach, the internet.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Use the vpc-only network for this stack, or correct the data-class tag.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html',
  },
  check(stack, report) {
    const publicPart = firstPublicPart(stack);
    if (publicPart === undefined) return;
    for (const { props, urn } of stack.resources) {
      const { tags } = props;
      if (typeof tags !== 'object' || tags === null || isUnknown(tags)) continue; // Unknown tags are the tagging rule's to report.
      const dataClass: unknown = Reflect.get(tags, 'data-class');
      if (isUnknown(dataClass)) report.notYetKnown(dataClass, urn);
      else if (dataClass === 'restricted') report.violation(`The stack has a public part: ${publicPart}.`, urn);
    }
  },
});

function firstPublicPart(stack: StackView): string | undefined {
  const always = stack.resources.find(({ type }) => ALWAYS_PUBLIC.includes(type));
  if (always !== undefined) return always.name;
  return stack.ofType('aws:apigateway/restApi:RestApi').find(({ props }) => {
    const endpoint = props.endpointConfiguration;
    return isUnknown(endpoint) || endpoint?.types !== 'PRIVATE';
  })?.name;
}
