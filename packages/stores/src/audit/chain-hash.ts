import { hash } from 'node:crypto';

/** What the first record of a chain names as the one before it. */
export const CHAIN_START = '0'.repeat(64);

/** Hex SHA-256 over chain, sequence, the hash before and the body, one a line; none but the body can hold a line break. */
export const chainHash = (chain: string, sequence: number, previousHash: string, body: string): string =>
  hash('sha256', `${chain}\n${sequence}\n${previousHash}\n${body}`, 'hex');
