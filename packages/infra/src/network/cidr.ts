import { StackError } from '../governance/stack-error.ts';

const SHAPE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** A block of IPv4 addresses: the first one as a number, and the length of its prefix. */
interface Block {
  readonly first: number;
  readonly mask: number;
}

/**
 * Subnet ranges of a VPC, zone by zone, as awsx lays them out with its strategy `Auto`: the VPC is cut into equal parts, one for each
 * zone, and the subnets of a zone lie one after another in the order given, each aligned to its size.
 *
 * @param masks prefix lengths of the subnets of one zone; `undefined` takes an even share of the zone.
 * @throws {StackError} when the block is no IPv4 network, or the subnets do not fit into it.
 */
export function layOutSubnets(
  cidrBlock: string,
  zoneCount: number,
  masks: readonly (number | undefined)[],
): readonly (readonly string[])[] {
  const vpc = parseCidr(cidrBlock);
  const zoneMask = vpc.mask + bitsFor(zoneCount);
  const share = zoneMask + bitsFor(masks.length);
  return Array.from({ length: zoneCount }, (_, zone) => {
    const end = vpc.first + (zone + 1) * sizeOf(zoneMask);
    let next = vpc.first + zone * sizeOf(zoneMask);
    return masks.map((asked) => {
      const mask = asked ?? share;
      const first = Math.ceil(next / sizeOf(mask)) * sizeOf(mask);
      next = first + sizeOf(mask);
      if (mask > 28 || next > end)
        throw new StackError(
          `The subnets do not fit into ${cidrBlock} over ${zoneCount} zones. Give the network a larger block; AWS takes /16 to /28.`,
        );
      return format({ first, mask });
    });
  });
}

/** @throws {StackError} when the text is no IPv4 network in its shortest form, such as `10.20.0.0/16`. */
export function parseCidr(cidrBlock: string): Block {
  const [, a, b, c, d, length] = SHAPE.exec(cidrBlock) ?? [];
  const octets = [a, b, c, d].map(Number);
  const mask = Number(length);
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (!octets.every((octet) => octet <= 255) || !(mask <= 32) || first % sizeOf(mask) !== 0)
    throw new StackError(`"${cidrBlock}" is no IPv4 network. Write one such as 10.20.0.0/16, its host bits zero.`);
  return { first, mask };
}

function format({ first, mask }: Block): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${mask}`;
}

function sizeOf(mask: number): number {
  return 2 ** (32 - mask);
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(Math.max(count, 1)));
}
