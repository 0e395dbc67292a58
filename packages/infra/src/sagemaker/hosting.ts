import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { serviceTrust } from '../iam/statement.ts';
import { checkFleet, variantOf, type Fleet } from './fleet.ts';
import type { HostedModel } from './hosted-model.ts';

/** What an endpoint's fleet runs. */
export type Hosting =
  | {
      kind: 'single';
      model: HostedModel;
      /** A candidate that gets a copy of the traffic; nobody sees its answers. @default none */
      shadow?: { model: HostedModel; fleet: Fleet; percent?: number };
    }
  /** Many models of one kind, loaded when called. The model's source is a `collection`. */
  | { kind: 'multi-model'; model: HostedModel }
  /**
   * Models that share a fleet, each with its part of an instance and its own number of copies. The AWS provider (7.48) cannot set a VPC or
   * isolation on such a fleet as a whole, so they rest on the models, each of which must be isolated.
   */
  | { kind: 'inference-components'; components: readonly ComponentPart[]; fleetSize?: { min: number; max: number } };

/** One model's part of a shared fleet. */
export interface ComponentPart {
  /** Unique on the endpoint: lower-case letters, digits and hyphens. */
  name: string;
  model: HostedModel;
  /** GPUs or Neuron devices a copy takes. @default 1 */
  accelerators?: number;
  /** CPU cores a copy takes. @default left to SageMaker */
  cpuCores?: number;
  /** Megabytes of memory a copy takes, at least. */
  memoryMb: number;
  /** Copies at first; scaling takes over from there. @default 1 */
  copies?: number;
}

/** Refuses what SageMaker would refuse only after minutes, or would run without what the model was promised. */
export function checkHosting(hosting: Hosting): void {
  const models = modelsOf(hosting);
  if (models.length === 0) throw new StackError('An endpoint with inference components needs one component at least.');
  if (models.some(({ traits }) => traits.network !== 'isolated'))
    throw new StackError(
      'A model with network "serverless" has no VPC. Give it an isolated network to host it on instances.',
    );
  for (const { traits } of models)
    if ((traits.source === 'collection') !== (hosting.kind === 'multi-model'))
      throw new StackError(
        `A model from "${traits.source}" cannot be hosted as "${hosting.kind}": a collection goes with multi-model, and nothing else does.`,
      );
  if (hosting.kind === 'single' && hosting.shadow !== undefined) checkFleet(hosting.shadow.fleet);
  if (hosting.kind === 'inference-components') checkComponents(hosting.components);
}

function checkComponents(components: readonly ComponentPart[]): void {
  const names = new Set(components.map(({ name }) => name));
  if (names.size < components.length) throw new StackError('Two inference components of one endpoint have one name.');
}

/** Every model an endpoint runs, the shadow included. */
export function modelsOf(hosting: Hosting): readonly HostedModel[] {
  switch (hosting.kind) {
    case 'single':
      return hosting.shadow === undefined ? [hosting.model] : [hosting.model, hosting.shadow.model];
    case 'multi-model':
      return [hosting.model];
    case 'inference-components':
      return hosting.components.map(({ model }) => model);
  }
}

/** The variants of an endpoint configuration. */
export function variantsOf(
  hosting: Hosting,
  fleet: Fleet,
): Pick<aws.sagemaker.EndpointConfigurationArgs, 'productionVariants' | 'shadowProductionVariants'> {
  switch (hosting.kind) {
    case 'single': {
      const productionVariants = [variantOf(fleet, hosting.model)];
      if (hosting.shadow === undefined) return { productionVariants };
      const { model, fleet: beside, percent = 100 } = hosting.shadow;
      // The weight of a shadow against the variant's own, 1, is the share of requests it gets a copy of.
      const shadow = { ...variantOf(beside, model, 'shadow'), initialVariantWeight: percent / 100 };
      return { productionVariants, shadowProductionVariants: [shadow] };
    }
    case 'multi-model':
      return { productionVariants: [variantOf(fleet, hosting.model)] };
    case 'inference-components': {
      const { min, max } = hosting.fleetSize ?? { min: fleet.instances ?? 2, max: (fleet.instances ?? 2) * 2 };
      const variant = {
        ...variantOf(fleet, undefined),
        managedInstanceScaling: { status: 'ENABLED', minInstanceCount: min, maxInstanceCount: max },
      };
      return { productionVariants: [variant] };
    }
  }
}

/** The role of a shared fleet: the models on it have their own, so it may only write the endpoint's log. */
export function fleetRole(name: string, placement: Placement, opts: pulumi.CustomResourceOptions): aws.iam.Role {
  return new aws.iam.Role(
    `${name}-fleet`,
    {
      description: 'SageMaker runs a fleet that inference components share.',
      assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
    },
    opts,
  );
}
