import { CHAIN_START } from '../audit/chain-hash.ts';
import type { ChainHead } from '../audit/segment.ts';
import { buildSegment, checkEnd, checkSegment, readSegment } from '../audit/segment.ts';
import type { AuditEntry } from '../ports/audit-log.ts';
import type { Connection } from './database.ts';
import type { AppendOp } from './protocol.ts';

interface SegmentRow {
  readonly first: number;
  readonly lines: string;
}

/** Where a verification has come to, passed from step to step. */
export interface VerifyStep {
  readonly chain: string;
  readonly reached: ChainHead;
  /** `first` of the last segment looked at. */
  readonly after: number;
  readonly problem?: { readonly sequence: number; readonly problem: string };
  readonly done: boolean;
}

const START: ChainHead = { sequence: 0, hash: CHAIN_START };
/** Segments verified before other work gets its turn: a few milliseconds. */
const SEGMENTS_PER_STEP = 100;

/** The audit chain of this file: segments in order, and apart from them the head. */
export class AuditTables {
  readonly #chain: string;
  readonly #readHead;
  readonly #writeHead;
  readonly #insert;
  readonly #segmentBefore;
  readonly #segmentsAfter;
  #head: ChainHead | undefined;
  #pending: string[] = [];

  constructor(db: Connection) {
    const row = db.prepare("SELECT value FROM meta WHERE name = 'chain'").get([]) as { value: string };
    this.#chain = row.value;
    this.#readHead = db.prepare('SELECT sequence, hash FROM audit_head WHERE chain = ?');
    this.#writeHead = db.prepare(
      `INSERT INTO audit_head (chain, sequence, hash) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`,
    );
    this.#insert = db.prepare('INSERT INTO audit_segments (first, lines) VALUES (?, ?)');
    this.#segmentBefore = db.prepare(
      'SELECT first, lines FROM audit_segments WHERE first < ? ORDER BY first DESC LIMIT 1',
    );
    this.#segmentsAfter = db.prepare(
      `SELECT first, lines FROM audit_segments WHERE first > ? ORDER BY first LIMIT ${SEGMENTS_PER_STEP}`,
    );
  }

  get chain(): string {
    return this.#chain;
  }

  forget(): void {
    this.#head = undefined;
    this.#pending = [];
  }

  append([, ...bodies]: AppendOp): void {
    for (const body of bodies) this.#pending.push(body);
  }

  /** All records of a batch become one segment: one row, one insert. */
  write(): void {
    if (this.#pending.length === 0) return;
    const segment = buildSegment(this.#chain, this.#currentHead(), this.#pending);
    this.#pending = [];
    this.#insert.run([segment.first, segment.lines]);
    this.#writeHead.run([this.#chain, segment.head.sequence, segment.head.hash]);
    this.#head = segment.head;
  }

  /** The entries after `afterSequence` that stand in one segment; none at the end. */
  read(chain: string | undefined, afterSequence: number): AuditEntry[] {
    if (chain !== undefined && chain !== this.#chain) return [];
    const next = afterSequence + 1;
    const holding = this.#segmentBefore.get([next + 1]) as SegmentRow | undefined;
    const rest = holding ? this.#entries(holding).filter((entry) => entry.sequence >= next) : [];
    if (rest.length > 0) return rest;
    const [following] = this.#segmentsAfter.all([afterSequence]) as SegmentRow[];
    return following ? this.#entries(following) : [];
  }

  /** Checks the next segments against the chain so far, and the end against the head, which is read in the same transaction. */
  verify(step: Pick<VerifyStep, 'reached' | 'after'> = { reached: START, after: Number.MIN_SAFE_INTEGER }): VerifyStep {
    const chain = this.#chain;
    let { reached, after } = step;
    const rows = this.#segmentsAfter.all([after]) as SegmentRow[];
    for (const row of rows) {
      const check = checkSegment(chain, reached, row.first, row.lines);
      if (check.problem !== undefined) return { chain, reached, after, problem: check, done: true };
      reached = check.head;
      after = row.first;
    }
    if (rows.length > 0) return { chain, reached, after, done: false };
    const problem = checkEnd(reached, this.#currentHead());
    return { chain, reached, after, ...(problem && { problem }), done: true };
  }

  #currentHead(): ChainHead {
    this.#head ??= (this.#readHead.get([this.#chain]) as ChainHead | undefined) ?? START;
    return { sequence: this.#head.sequence, hash: this.#head.hash };
  }

  #entries(row: SegmentRow): AuditEntry[] {
    return [...readSegment(this.#chain, row.first, this.#hashBefore(row.first), row.lines)];
  }

  #hashBefore(first: number): string {
    if (first <= 1) return CHAIN_START;
    const before = this.#segmentBefore.get([first]) as SegmentRow | undefined;
    return before ? before.lines.slice(before.lines.lastIndexOf('\n') + 1).slice(0, 64) : '';
  }
}
