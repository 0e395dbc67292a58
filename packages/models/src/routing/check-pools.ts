import { PlatformError } from '@plinth/contracts';
import type { PoolSettings } from './router.ts';

/** @throws PlatformError `configuration` */
export function checkPools(pools: readonly PoolSettings[]): void {
  const members = pools.flatMap((pool) => pool.members);
  refuseTwice(pools, 'Pool');
  refuseTwice(members, 'Member');
  if (members.length === 0) refuse('No pool has a member: name at least one place to send requests to.');
  for (const { id, slots, maxSlots } of members)
    if (!(slots >= 1 && slots <= maxSlots))
      refuse(`Member "${id}": slots must be at least 1 and at most maxSlots, not ${slots} of ${maxSlots}.`);
  const shares = pools.map(({ canaryShare = 0 }) => canaryShare);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.some((share) => share < 0) || sum > 1)
    refuse(`Canary shares must be 0 to 1 in all, not ${shares.join(' + ')}.`);
}

function refuseTwice(named: readonly { readonly id: string }[], what: string): void {
  const seen = new Set<string>();
  for (const { id } of named) {
    if (seen.has(id)) refuse(`${what} "${id}" is there twice: give each a name of its own.`);
    seen.add(id);
  }
}

function refuse(message: string): never {
  throw new PlatformError('configuration', message);
}
