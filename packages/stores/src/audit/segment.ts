import { PlatformError } from '@plinth/contracts';
import type { AuditRecord } from '@plinth/contracts';
import type { AuditEntry } from '../ports/audit-log.ts';
import { chainHash } from './chain-hash.ts';

/** Where a chain ends. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export const AUDIT_BOUNDS = { recordsPerAppend: 1_000, bodyLength: 16_384 } as const;

export interface Segment {
  readonly first: number;
  /** One record a line: 64 hex digits of its hash, a space, its JSON. JSON text holds no line break, so lines are records. */
  readonly lines: string;
  readonly head: ChainHead;
}

/** The JSON that is hashed and kept. Bounded, because one record must always fit in one stored item. */
export function auditBodies(records: readonly AuditRecord[]): string[] {
  if (records.length > AUDIT_BOUNDS.recordsPerAppend)
    throw new PlatformError('internal', `Append at most ${AUDIT_BOUNDS.recordsPerAppend} audit records at once.`);
  return records.map((record) => {
    const body = JSON.stringify(record);
    if (body.length > AUDIT_BOUNDS.bodyLength)
      throw new PlatformError('internal', `An audit record is over ${AUDIT_BOUNDS.bodyLength} characters; shorten it.`);
    return body;
  });
}

/** Chains `bodies` on to `head`. */
export function buildSegment(chain: string, head: ChainHead, bodies: readonly string[]): Segment {
  let { sequence, hash } = head;
  const first = sequence + 1;
  let lines = '';
  for (const body of bodies) {
    sequence += 1;
    hash = chainHash(chain, sequence, hash, body);
    lines += lines === '' ? `${hash} ${body}` : `\n${hash} ${body}`;
  }
  return { first, lines, head: { sequence, hash } };
}

/** The entries of a stored segment, as written; `previousHash` is the hash of the entry before it. */
export function* readSegment(chain: string, first: number, previousHash: string, lines: string): Generator<AuditEntry> {
  let sequence = first;
  for (const line of lines.split('\n')) {
    const hash = line.slice(0, 64);
    yield { chain, sequence, previousHash, hash, body: line.slice(65) };
    previousHash = hash;
    sequence += 1;
  }
}

export type SegmentCheck =
  { readonly head: ChainHead; readonly problem?: undefined } | { readonly sequence: number; readonly problem: string };

/** Holds one stored segment to the chain so far. */
export function checkSegment(chain: string, head: ChainHead, first: number, lines: string): SegmentCheck {
  if (first > head.sequence + 1)
    return { sequence: head.sequence + 1, problem: `records ${head.sequence + 1} to ${first - 1} are missing` };
  if (first < head.sequence + 1) return { sequence: first, problem: 'the chain forks: two records have this number' };
  let { sequence, hash } = head;
  for (const entry of readSegment(chain, first, head.hash, lines)) {
    sequence = entry.sequence;
    const expected = chainHash(chain, sequence, hash, entry.body);
    if (expected !== entry.hash)
      return { sequence, problem: 'the record, or the one before it, is not what was written' };
    hash = entry.hash;
  }
  return { head: { sequence, hash } };
}

/** What is wrong when a chain, fully read, does not end where its head says; `undefined` when all is well. */
export function checkEnd(reached: ChainHead, head: ChainHead): { sequence: number; problem: string } | undefined {
  if (reached.sequence < head.sequence)
    return {
      sequence: reached.sequence + 1,
      problem: `the chain is cut short: records ${reached.sequence + 1} to ${head.sequence} are missing`,
    };
  if (reached.hash !== head.hash)
    return { sequence: head.sequence, problem: 'the last record is not the one the head names' };
  return undefined;
}
