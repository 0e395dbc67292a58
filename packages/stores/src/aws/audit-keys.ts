/** Heads stand on this many partitions, so that no single one takes every writer's updates. */
export const HEAD_SHARDS = 16;

export const chainPk = (chain: string): string => `chain#${chain}`;
export const segmentSk = (first: number): string => first.toString().padStart(16, '0');
/** @param chain Begins with two hexadecimal digits. */
export const headPk = (chain: string): string => `heads#${Number.parseInt(chain.slice(0, 2), 16) % HEAD_SHARDS}`;
