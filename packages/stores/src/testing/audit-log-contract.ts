import type { AuditRecord } from '@plinth/contracts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAIN_START, chainHash } from '../audit/chain-hash.ts';
import type { AuditEntry, AuditLog } from '../ports/audit-log.ts';

export interface AuditHarness {
  /** An empty log. */
  open(): Promise<AuditLog>;
  /** Rewrites what is stored, behind the log's back: `first` is the number of a segment's first record. */
  tamper(
    change: (segment: { first: number; lines: string }) => { first: number; lines: string } | undefined,
  ): Promise<void>;
  close(): Promise<void>;
}

const record = (requestId: string): AuditRecord => ({
  at: 1_790_000_000_000,
  requestId,
  action: 'chat.completion',
  outcome: 'allowed',
  tenant: 'acme',
});

async function entriesOf(log: AuditLog, options?: Parameters<AuditLog['read']>[0]): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of log.read(options)) entries.push(entry);
  return entries;
}

const ids = (entries: readonly AuditEntry[]) => entries.map(({ body }) => (JSON.parse(body) as AuditRecord).requestId);

/** What every audit log must do. */
export function auditLogContract(name: string, start: () => Promise<AuditHarness>): void {
  describe(`${name} as an audit log`, () => {
    let harness: AuditHarness | undefined;
    let log: AuditLog;
    beforeEach(async () => {
      harness ??= await start();
      log = await harness.open();
    });
    afterAll(async () => harness?.close());

    it('is empty and sound to begin with', async () => {
      expect(await entriesOf(log)).toEqual([]);
      expect(await log.verify()).toEqual({ ok: true, chains: 0, records: 0 });
    });

    it('chains records in order, each to the one before', async () => {
      await log.append([record('a'), record('b')]);
      await log.append([]);
      await log.append([record('c\nwith a line break')]);
      const entries = await entriesOf(log);
      expect(ids(entries)).toEqual(['a', 'b', 'c\nwith a line break']);
      let previousHash = CHAIN_START;
      for (const [index, entry] of entries.entries()) {
        expect(entry).toMatchObject({ sequence: index + 1, previousHash, chain: entries[0]!.chain });
        expect(entry.hash).toBe(chainHash(entry.chain, entry.sequence, previousHash, entry.body));
        previousHash = entry.hash;
      }
      expect(await log.verify()).toEqual({ ok: true, chains: 1, records: 3 });
    });

    it('keeps the records of one call together when many append at once', async () => {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          log.append([record(`${index}-0`), record(`${index}-1`), record(`${index}-2`)]),
        ),
      );
      const read = ids(await entriesOf(log));
      expect(read).toHaveLength(180);
      for (let index = 0; index < read.length; index += 3) {
        const call = read[index]!.split('-')[0]!;
        expect(read.slice(index, index + 3)).toEqual([`${call}-0`, `${call}-1`, `${call}-2`]);
      }
      expect(await log.verify()).toMatchObject({ ok: true, records: 180 });
    });

    it('reads on from a record, and no more than asked', async () => {
      for (const part of ['a', 'b', 'c']) await log.append([record(`${part}1`), record(`${part}2`)]);
      const [{ chain } = { chain: '' }] = await entriesOf(log);
      expect(ids(await entriesOf(log, { chain, afterSequence: 3 }))).toEqual(['b2', 'c1', 'c2']);
      expect(ids(await entriesOf(log, { chain, afterSequence: 1, limit: 2 }))).toEqual(['a2', 'b1']);
      expect(await entriesOf(log, { chain, afterSequence: 6 })).toEqual([]);
      expect(await entriesOf(log, { chain: 'another' })).toEqual([]);
    });

    it('finds a record that was changed', async () => {
      for (const part of ['a', 'b', 'c']) await log.append([record(part)]);
      await harness!.tamper((segment) => ({
        ...segment,
        lines: segment.lines.replace('"requestId":"b"', '"requestId":"B"'),
      }));
      expect(await log.verify()).toMatchObject({ ok: false, sequence: 2 });
    });

    it('finds a record that was changed along with its hash', async () => {
      for (const part of ['a', 'b', 'c']) await log.append([record(part)]);
      const [first, second] = await entriesOf(log);
      const body = second!.body.replace('"b"', '"B"');
      const hash = chainHash(second!.chain, 2, first!.hash, body);
      await harness!.tamper((segment) => (segment.first === 2 ? { first: 2, lines: `${hash} ${body}` } : segment));
      expect(await log.verify()).toMatchObject({ ok: false, sequence: 3 });
    });

    it('finds records missing at the start, in the middle and at the end', async () => {
      for (const [missing, sequence] of [
        [1, 1],
        [2, 2],
        [3, 3],
      ] as const) {
        log = await harness!.open();
        for (const part of ['a', 'b', 'c']) await log.append([record(part)]);
        await harness!.tamper((segment) => (segment.first === missing ? undefined : segment));
        expect(await log.verify()).toMatchObject({ ok: false, sequence });
      }
    });

    it('finds a fork', async () => {
      await log.append([record('a'), record('b')]);
      await log.append([record('c')]);
      await harness!.tamper((segment) => (segment.first === 3 ? { ...segment, first: 2 } : segment));
      expect(await log.verify()).toMatchObject({ ok: false, sequence: 2 });
    });

    it('stops verifying when it is told to', async () => {
      await log.append([record('a')]);
      await expect(log.verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    });

    it('refuses a record that is too long to keep', async () => {
      await expect(log.append([{ ...record('x'.repeat(20_000)) }])).rejects.toMatchObject({ code: 'internal' });
      expect(await log.verify()).toMatchObject({ ok: true, records: 0 });
    });
  });
}
