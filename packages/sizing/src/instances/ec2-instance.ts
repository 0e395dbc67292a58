import * as z from 'zod';
import { PRICED_REGION, unknownPrice, type Price } from '../prices/unit-price.ts';
import data from './ec2-instances.json' with { type: 'json' };

const Accelerator = z.object({
  kind: z.enum(['gpu', 'neuron', 'other']).catch('other'),
  name: z.string(),
  manufacturer: z.string(),
  /** 0 where an instance has a part of one. */
  count: z.int().nonnegative(),
  memoryMiBEach: z.number().positive().optional(),
  neuronCores: z.int().positive().nullish(),
});

const Facts = z.object({
  arch: z.enum(['amd64', 'arm64']),
  vcpu: z.int().positive(),
  memoryMiB: z.int().positive(),
  networkMbps: z.number().nonnegative().optional(),
  nvmeGiB: z.number().positive().optional(),
  accelerator: Accelerator.optional(),
  onDemandUsdPerHour: z.record(z.string(), z.number().positive()),
});

const File = z.object({
  currency: z.literal('USD'),
  generatedAt: z.iso.datetime(),
  source: z.string(),
  instances: z.record(z.string(), Facts),
});

/** Memory of one Neuron chip, MiB (AWS Neuron documentation, architecture of each chip); the data file has none. */
const NEURON_MEMORY: Readonly<Record<string, number>> = {
  inferentia: 8 * 1024,
  inferentia2: 32 * 1024,
  trainium: 32 * 1024,
  trainium2: 96 * 1024,
};

export interface Ec2Instance {
  /** `g6.xlarge`. */
  readonly type: string;
  readonly arch: 'amd64' | 'arm64';
  readonly vcpu: number;
  readonly memoryMiB: number;
  readonly networkMbps: number | undefined;
  readonly nvmeGiB: number | undefined;
  readonly accelerator: Ec2Accelerator | undefined;
  /** On demand, Linux, by the hour. */
  readonly price: Price;
}

export interface Ec2Accelerator {
  readonly kind: 'gpu' | 'neuron' | 'other';
  /** `l4`, `inferentia2`. */
  readonly name: string;
  readonly manufacturer: string;
  /** 0 where the instance has a part of one, as g6f has. */
  readonly count: number;
  /** Of one accelerator; unknown for some. */
  readonly memoryMiBEach: number | undefined;
  readonly neuronCores: number | undefined;
}

let instances: ReadonlyMap<string, Ec2Instance> | undefined;

/** Every instance type the data know, by type. Read and checked at first use. */
export function ec2Instances(): ReadonlyMap<string, Ec2Instance> {
  return (instances ??= readInstances());
}

/** @param type `g6.xlarge` or, as SageMaker writes it, `ml.g6.xlarge`. */
export function ec2Instance(type: string): Ec2Instance | undefined {
  return ec2Instances().get(type.replace(/^ml\./, ''));
}

function readInstances(): ReadonlyMap<string, Ec2Instance> {
  const { instances: facts, generatedAt, source } = File.parse(data);
  const asOf = generatedAt.slice(0, 10);
  return new Map(
    Object.entries(facts).map(([type, { onDemandUsdPerHour, accelerator, ...rest }]) => {
      const usd = onDemandUsdPerHour[PRICED_REGION];
      const price: Price =
        usd === undefined
          ? unknownPrice('ec2/on-demand', 'instance-hour', `${type} is not sold on demand in ${PRICED_REGION}`)
          : { usd, unit: 'instance-hour', source, asOf };
      return [
        type,
        {
          type,
          arch: rest.arch,
          vcpu: rest.vcpu,
          memoryMiB: rest.memoryMiB,
          networkMbps: rest.networkMbps,
          nvmeGiB: rest.nvmeGiB,
          accelerator: accelerator && {
            kind: accelerator.kind,
            name: accelerator.name,
            manufacturer: accelerator.manufacturer,
            count: accelerator.count,
            memoryMiBEach: accelerator.memoryMiBEach ?? NEURON_MEMORY[accelerator.name],
            neuronCores: accelerator.neuronCores ?? undefined,
          },
          price,
        },
      ];
    }),
  );
}
