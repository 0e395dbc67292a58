import * as pulumi from '@pulumi/pulumi';
import { VARIANT } from './fleet.ts';

/** What Application Auto Scaling turns up and down, as an endpoint hands it to `EndpointScaling`. */
export interface ScalingTarget {
  readonly kind: 'instances' | 'copies' | 'provisioned-concurrency';
  readonly endpointName: pulumi.Output<string>;
  readonly resourceId: pulumi.Output<string>;
  readonly scalableDimension: string;
}

/** The instances of an endpoint's one variant. */
export function instancesOf(endpointName: pulumi.Output<string>): ScalingTarget {
  return {
    kind: 'instances',
    endpointName,
    resourceId: pulumi.interpolate`endpoint/${endpointName}/variant/${VARIANT}`,
    scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
}

/** The copies of one inference component. */
export function copiesOf(endpointName: pulumi.Output<string>, componentName: pulumi.Output<string>): ScalingTarget {
  return {
    kind: 'copies',
    endpointName,
    resourceId: pulumi.interpolate`inference-component/${componentName}`,
    scalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
  };
}

/** The warm copies of a serverless endpoint. */
export function warmCopiesOf(endpointName: pulumi.Output<string>): ScalingTarget {
  return {
    kind: 'provisioned-concurrency',
    endpointName,
    resourceId: pulumi.interpolate`endpoint/${endpointName}/variant/${VARIANT}`,
    scalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
  };
}
