import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { at, listAt } from '../../read.ts';
import { defineStackRule, type PropsOf } from '../../rule.ts';
import type { StackView, ViewedResource } from '../../stack-view.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const ENOUGH = 2;

export const twoInstances = defineStackRule({
  id: 'sagemaker-two-instances',
  requirement: 30,
  pack: 'baseline',
  title: 'Every variant that answers requests has two instances or more',
  description: 'SageMaker spreads two instances over two zones; one is down whenever its host or its zone is.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation:
    'Set initialInstanceCount, or managedInstanceScaling.minInstanceCount, or the minCapacity of its scaling target to 2.',
  source: { controls: ['SageMaker.4'], url: securityHub('sagemaker', 'SageMaker.4') },
  check(stack, report) {
    for (const configuration of stack.ofType('aws:sagemaker/endpointConfiguration:EndpointConfiguration')) {
      const { props, urn } = configuration;
      // Requests of an asynchronous endpoint wait in a queue, so it may start from nothing.
      const async = at(props, 'asyncInferenceConfig');
      if (async !== undefined && !isUnknown(async)) continue;
      const variants = listAt(props, 'productionVariants');
      if (isUnknown(variants)) report.notYetKnown(variants, urn);
      else
        for (const variant of variants) {
          const answer = fewest(stack, configuration, variant);
          if (typeof answer === 'number' && answer >= ENOUGH) continue;
          const unknown = isUnknown(async) ? async : answer;
          if (isUnknown(unknown)) report.notYetKnown(unknown, urn);
          else if (answer !== 'serverless')
            report.violation(`A variant may run on ${String(answer)} instance${answer === 1 ? '' : 's'}.`, urn);
        }
    }
  },
});

/** Fewest instances the variant ever has. */
function fewest(
  stack: StackView,
  configuration: ViewedResource<unknown>,
  variant: unknown,
): number | 'serverless' | Unknown {
  if (isUnknown(variant)) return variant;
  const serverless = at(variant, 'serverlessConfig');
  if (serverless !== undefined) return isUnknown(serverless) ? serverless : 'serverless';
  const managed = at(variant, 'managedInstanceScaling');
  if (isUnknown(managed)) return managed;
  const status = at(managed, 'status');
  if (isUnknown(status)) return status;
  if (status === 'ENABLED') return count(at(managed, 'minInstanceCount'));
  const scaled = stack
    .ofType('aws:appautoscaling/target:Target')
    .filter((target) => isUnder(stack, configuration, target));
  const floor = scaled.map(({ props }) => count(props.minCapacity));
  const unknown = floor.find(isUnknown);
  if (unknown !== undefined) return unknown;
  if (floor.length > 0) return Math.min(...(floor as number[]));
  return count(at(variant, 'initialInstanceCount'));
}

function count(value: unknown): number | Unknown {
  if (isUnknown(value)) return value;
  return typeof value === 'number' ? value : 1; // what AWS starts with when nothing is said
}

/** Whether a scaling target (`endpoint/<name>/variant/<name>`) is of an endpoint that runs this configuration. */
function isUnder(
  stack: StackView,
  configuration: ViewedResource<unknown>,
  target: ViewedResource<PropsOf<'aws:appautoscaling/target:Target'>>,
): boolean {
  const { resourceId } = target.props;
  return stack
    .ofType('aws:sagemaker/endpoint:Endpoint')
    .filter((endpoint) => stack.refersTo(endpoint, 'endpointConfigName', configuration))
    .some((endpoint) =>
      isUnknown(resourceId)
        ? stack.refersTo(target, 'resourceId', endpoint)
        : typeof endpoint.props.name === 'string' && resourceId.startsWith(`endpoint/${endpoint.props.name}/`),
    );
}
