import { z } from 'zod';
import { layOutSubnets } from '../network/cidr.ts';
import type { EstimatedValue } from './remote-component.ts';

/** awsx takes these as plain values, so they are known at every preview. The defaults are its own. */
const Layout = z.object({
  cidrBlock: z.string().optional(),
  ipv4IpamPoolId: z.unknown().optional(),
  availabilityZoneNames: z.array(z.string()).optional(),
  numberOfAvailabilityZones: z.number().int().positive().default(3),
  natGateways: z
    .object({
      strategy: z.enum(['None', 'Single', 'OnePerAz']),
      elasticIpAllocationIds: z.array(z.custom<EstimatedValue>()).default([]),
    })
    .default({ strategy: 'OnePerAz', elasticIpAllocationIds: [] }),
  subnetSpecs: z
    .array(
      z.object({
        type: z.enum(['Public', 'Private', 'Isolated', 'Unused']),
        name: z.string().optional(),
        cidrMask: z.number().int().optional(),
        size: z.number().int().optional(),
        cidrBlocks: z.array(z.string()).optional(),
        tags: z.custom<EstimatedValue>().optional(),
      }),
    )
    .optional(),
});
type Spec = NonNullable<z.infer<typeof Layout>['subnetSpecs']>[number];

/** In every zone awsx makes public subnets first, since the others lead to the gateways in them. */
const ORDER = ['Public', 'Private', 'Isolated'] as const;

/** A subnet as awsx will name and place it. */
export interface PlacedSubnet {
  readonly name: string;
  readonly type: (typeof ORDER)[number];
  readonly zone: string;
  /** Which zone it is, from zero. */
  readonly index: number;
  /** `undefined` where only the VPC's creation tells. */
  readonly cidrBlock: string | undefined;
  readonly tags: EstimatedValue | undefined;
}

export interface VpcLayout {
  readonly zones: readonly string[];
  /** `undefined` under IPAM, where it is one of the things that only creation tells. */
  readonly cidrBlock: string | undefined;
  readonly nat: z.infer<typeof Layout>['natGateways'];
  /** In the order awsx makes them. */
  readonly subnets: readonly PlacedSubnet[];
}

/** @throws {z.ZodError} for inputs that awsx would not take either. */
export function vpcLayout(name: string, inputs: Readonly<Record<string, unknown>>): VpcLayout {
  const layout = Layout.parse(inputs);
  const zones =
    layout.availabilityZoneNames ??
    Array.from({ length: layout.numberOfAvailabilityZones }, (_, index) => `zone-${index + 1}`);
  const cidrBlock = layout.cidrBlock ?? (layout.ipv4IpamPoolId === undefined ? '10.0.0.0/16' : undefined);
  const specs = layout.subnetSpecs ?? defaultSpecs(cidrBlock, zones.length);
  const ranges = rangesOf(specs, zones.length, cidrBlock);
  const subnets = zones.flatMap((zone, index) =>
    ORDER.flatMap((type) =>
      specs.flatMap((spec, position) =>
        spec.type === type
          ? [
              {
                name: `${name}-${spec.name ?? type.toLowerCase()}-${index + 1}`,
                type,
                zone,
                index,
                cidrBlock: ranges?.[index]?.[position],
                tags: spec.tags,
              },
            ]
          : [],
      ),
    ),
  );
  return { zones, cidrBlock, nat: layout.natGateways, subnets };
}

/** awsx's own layout: private takes half of a zone, public a quarter, and never more than a /16 is used. */
function defaultSpecs(cidrBlock: string | undefined, zoneCount: number): Spec[] {
  const mask = Number((cidrBlock ?? '/16').split('/')[1]);
  const zoneMask = Math.max(mask + Math.ceil(Math.log2(zoneCount)), 16);
  return [
    { type: 'Private', cidrMask: zoneMask + 1 },
    { type: 'Public', cidrMask: zoneMask + 2 },
  ];
}

function rangesOf(specs: readonly Spec[], zoneCount: number, cidrBlock: string | undefined) {
  if (specs.some((spec) => spec.cidrBlocks !== undefined))
    return Array.from({ length: zoneCount }, (_, zone) => specs.map((spec) => spec.cidrBlocks?.[zone]));
  if (cidrBlock === undefined) return undefined;
  const masks = specs.map(({ cidrMask, size }) => cidrMask ?? (size === undefined ? undefined : 32 - Math.log2(size)));
  return layOutSubnets(cidrBlock, zoneCount, masks);
}
