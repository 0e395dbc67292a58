import { StackError } from '../governance/stack-error.ts';

/** What containers of a service run on. */
export type Capacity = GpuInstances | FargateCapacity;

/** EC2 instances with NVIDIA GPUs, kept in number by ECS. */
export interface GpuInstances {
  readonly kind: 'ec2-gpu';
  /** Alike in GPUs and memory, cheapest or most available first, for example `['g6.xlarge', 'g5.xlarge']`. */
  readonly instanceTypes: readonly [string, ...string[]];
  /** Instances there may ever be. */
  readonly maxInstances: number;
  /** GPUs of one container. Nothing else may use them meanwhile. @default 1 */
  readonly gpus?: number;
  /** MiB of one container; leave the instance 2 GiB. */
  readonly memoryMb: number;
  /** MiB of shared memory, which GPUs of one container talk through. @default 4096 */
  readonly sharedMemoryMb?: number;
  /** GiB of the encrypted volume that images and weights are kept on. @default 200 */
  readonly volumeGb?: number;
  /** `gp2` where there is nothing newer, as on first-generation Outposts racks. @default 'gp3' */
  readonly volumeType?: 'gp2' | 'gp3';
  /**
   * `spot` costs less and may be taken back at two minutes' notice; so many of the first instances stay on demand.
   * @default on demand
   */
  readonly market?: { readonly kind: 'on-demand' } | { readonly kind: 'spot'; readonly onDemandBase: number };
}

/** Serverless containers, for models small enough for CPUs. */
export interface FargateCapacity {
  readonly kind: 'fargate';
  /** CPU units, 1024 a core. */
  readonly cpu: 1024 | 2048 | 4096 | 8192 | 16384;
  /** MiB, within what Fargate sells with that many units. */
  readonly memoryMb: number;
  /** As the image was built for. @default 'X86_64' */
  readonly architecture?: 'X86_64' | 'ARM64';
  /** GiB for weights and scratch, 21 to 200. @default 50 */
  readonly ephemeralGb?: number;
  /** Run all but the first container on Fargate Spot. @default false */
  readonly spot?: boolean;
}

/** MiB of memory that Fargate sells by CPU units: least, most, step (developer guide, "Task CPU and memory"). */
const FARGATE_MEMORY: Readonly<Record<FargateCapacity['cpu'], readonly [number, number, number]>> = {
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

/** @throws {StackError} for capacity that AWS would refuse, or that could never start a container. */
export function checkCapacity(capacity: Capacity, maxTasks: number): void {
  if (capacity.kind === 'ec2-gpu') {
    if (capacity.maxInstances < 1) throw new StackError('Set maxInstances to one or more.');
    if (capacity.market?.kind === 'spot' && capacity.market.onDemandBase > capacity.maxInstances)
      throw new StackError('Set onDemandBase to maxInstances or less.');
    return;
  }
  const [least, most, step] = FARGATE_MEMORY[capacity.cpu];
  if (capacity.memoryMb < least || capacity.memoryMb > most || capacity.memoryMb % step !== 0)
    throw new StackError(
      `Fargate sells ${capacity.cpu} CPU units with ${least} to ${most} MiB in steps of ${step}, not ${capacity.memoryMb}.`,
    );
  const disk = capacity.ephemeralGb ?? 50;
  if (disk < 21 || disk > 200) throw new StackError('Set ephemeralGb to 21 to 200.');
  if (capacity.spot === true && maxTasks < 2)
    throw new StackError('Spot beside one steady container needs max of two or more.');
}
