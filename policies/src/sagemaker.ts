import { at, listAt } from './read.ts';
import type { StackView, ViewedResource } from './stack-view.ts';
import { isUnknown, type Unknown } from './unknown.ts';

/** Containers of a SageMaker model: the one, or those of a pipeline. */
export function containersOfModel(model: unknown): readonly unknown[] | Unknown {
  const primary = at(model, 'primaryContainer');
  if (isUnknown(primary)) return primary;
  const others = listAt(model, 'containers');
  if (isUnknown(others)) return others;
  return others.find(isUnknown) ?? [...(primary === undefined ? [] : [primary]), ...others];
}

/**
 * Whether a serverless variant runs the model. AWS gives serverless endpoints neither network isolation nor a VPC
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html), so rules that ask for these do not apply.
 */
export function isServerless(stack: StackView, model: ViewedResource<unknown>): boolean {
  return stack.ofType('aws:sagemaker/endpointConfiguration:EndpointConfiguration').some((configuration) => {
    const variants = listAt(configuration.props, 'productionVariants');
    if (isUnknown(variants) || variants.length === 0) return false;
    const serverless = variants.every(
      (variant) => typeof at(variant, 'serverlessConfig') === 'object' && !isUnknown(at(variant, 'serverlessConfig')),
    );
    return serverless && stack.mentions(configuration, 'productionVariants', model);
  });
}
