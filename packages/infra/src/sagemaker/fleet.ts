import type * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { hasOwnDisks } from './instance-storage.ts';

/** The one variant of every endpoint. A second, the shadow, is named `shadow`. */
export const VARIANT = 'main';

/** The instances behind an endpoint. */
export interface Fleet {
  /** For example `ml.g6.xlarge`. */
  instanceType: string;
  /** How many at first; scaling takes over from there. @default 2, in two Availability Zones */
  instances?: number;
  /** Gigabytes of disk, where the type has none of its own. @default SageMaker's, 30 */
  volumeGb?: number;
  /** Seconds the weights may take to arrive, 60 to 3600. @default 1800 */
  downloadSeconds?: number;
  /** Seconds the server may take to answer its first ping, 60 to 3600. @default 900 */
  startupSeconds?: number;
}

/** A production variant over a fleet. Requests go to the instance with the fewest in flight, since generations differ in length. */
export function variantOf(fleet: Fleet, model: { modelName: pulumi.Input<string> } | undefined, variantName = VARIANT) {
  return {
    variantName,
    initialInstanceCount: fleet.instances ?? 2,
    instanceType: fleet.instanceType,
    initialVariantWeight: 1,
    routingConfigs: [{ routingStrategy: 'LEAST_OUTSTANDING_REQUESTS' }],
    modelDataDownloadTimeoutInSeconds: fleet.downloadSeconds ?? 1800,
    containerStartupHealthCheckTimeoutInSeconds: fleet.startupSeconds ?? 900,
    ...(model !== undefined && { modelName: model.modelName }),
    ...(fleet.volumeGb !== undefined && { volumeSizeInGb: fleet.volumeGb }),
  };
}

/** The key an endpoint's volumes take: none where every disk is the instance's own, encrypted by its hardware. */
export function volumeKey({ instanceType }: Fleet, keyArn: pulumi.Input<string>): { kmsKeyArn?: pulumi.Input<string> } {
  return hasOwnDisks(instanceType) ? {} : { kmsKeyArn: keyArn };
}

export function checkFleet({ instanceType, instances, volumeGb }: Fleet): void {
  if (!instanceType.startsWith('ml.'))
    throw new StackError(`"${instanceType}" is no SageMaker instance type. Set "ml.${instanceType}".`);
  if (instances !== undefined && instances < 1)
    throw new StackError('An endpoint starts with one instance at least. Let scaling take it to none.');
  if (volumeGb !== undefined && hasOwnDisks(instanceType))
    throw new StackError(
      `${instanceType} has disks of its own, so SageMaker takes no volumeGb for it. Leave volumeGb out.`,
    );
}
