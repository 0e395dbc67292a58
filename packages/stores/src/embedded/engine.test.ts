import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScopeUsage } from '../ports/ledger.ts';
import type { Connection } from './database.ts';
import { openDatabase } from './database.ts';
import { Engine } from './engine.ts';
import type { Operation, ReserveOp, SettleOp } from './protocol.ts';
import { APPEND, CALL, RESERVE, SETTLE } from './protocol.ts';
import { MIGRATIONS } from './schema.ts';

const NOW = Date.UTC(2026, 2, 14, 15, 9, 26);
const reserve = (id: string, now = NOW): ReserveOp => [
  RESERVE,
  now,
  id,
  'acme',
  'pk_1',
  '||||||',
  '||||||',
  7,
  0,
  0,
  60_000,
];
const settle = (id: string): SettleOp => [SETTLE, NOW, id, 'acme', 3, 0, 0];

describe('the engine of the embedded stores', () => {
  let folder: string;
  let db: Connection;
  let engine: Engine;
  const open = (): Connection => openDatabase({ file: join(folder, 'plinth.db'), durable: false, chain: 'c' });
  const run = (...operations: Operation[]): readonly unknown[] => {
    const [results] = engine.run(operations);
    expect(results).toBeDefined();
    return results!;
  };
  const tokens = (): number => (run([CALL, 'usage', NOW, 'acme'])[0] as ScopeUsage[])[0]!.month.tokens;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-engine-'));
    db = open();
    engine = new Engine(db);
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });

  it('fails one operation of a batch without the others', () => {
    const [results, failures] = engine.run([reserve('a'), reserve('a'), reserve('b')]);
    expect(results).toEqual([0, undefined, 0]);
    expect(failures).toEqual([[1, 'conflict', expect.stringContaining('in force')]]);
    expect(tokens()).toBe(14);
  });

  it('fails the whole batch, and forgets it, when the disk is full', () => {
    run(reserve('a'));
    const { page_count: pages } = db.prepare('PRAGMA page_count').get([]) as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const long = JSON.stringify({ text: 'x'.repeat(60_000) });
    const [results, code, message] = engine.run([reserve('b'), [APPEND, long], settle('a')]);
    expect([results, code]).toEqual([undefined, 'disk_full']);
    expect(message).toMatch(/full/);
    expect(tokens()).toBe(7);
    db.exec('PRAGMA max_page_count = 1000000');
    run(reserve('b'), settle('a'), [APPEND, long]);
    expect(tokens()).toBe(10);
    expect(run([CALL, 'verifyAudit'])).toMatchObject([{ done: false, reached: { sequence: 1 } }]);
  });

  it('writes a checkpoint when the journal is long, and reads the same from it', () => {
    for (let batch = 0; batch < 30; batch++) {
      const ids = Array.from({ length: 200 }, (_, index) => `${batch}-${index}`);
      run(...ids.map((id) => reserve(id)), ...ids.slice(0, 190).map(settle));
    }
    const { epoch } = db.prepare('SELECT epoch FROM ledger_checkpoint').get([]) as { epoch: number };
    expect(epoch).toBeGreaterThan(0);
    const total = 30 * (190 * 3 + 10 * 7);
    expect(tokens()).toBe(total);
    engine = new Engine(db);
    expect(tokens()).toBe(total);
    expect(run([CALL, 'sweep', NOW + 60_000, undefined, 1_000])[0]).toHaveLength(300);
    expect(tokens()).toBe(total);
  });

  it('keeps what standing work was brought down to, over the journal, a checkpoint and a sweep', () => {
    const budgets = '|||||';
    const standing: ReserveOp = [RESERVE, NOW, 's', 'acme', 'pk_1', budgets, budgets, 20_000, 400, 30, 9_000_000];
    const otherDb = open();
    const other = new Engine(otherDb);
    run([CALL, 'reserveStanding', standing]);
    const lower = (inputTokens: number): Operation => {
      return [CALL, 'lower', NOW, 'acme', 's', { inputTokens, outputTokens: 300, nanoUsd: 20 }];
    };
    const usage = (from: Engine) => (from.run([[CALL, 'usage', NOW, 'acme']])[0]![0] as ScopeUsage[])[0]!;
    const counts = (count: number) => ({
      minute: { tokens: 0 },
      month: { requests: 1, tokens: count },
      concurrentRequests: 0,
    });
    expect(usage(other)).toMatchObject(counts(20_400));
    run(lower(10_000));
    expect(usage(other)).toMatchObject(counts(10_300));
    // Enough to be written into a checkpoint.
    for (let batch = 0; batch < 45; batch++)
      run(...Array.from({ length: 200 }, (_, index) => lower(9_999 - batch * 200 - index)));
    expect(db.prepare('SELECT epoch FROM ledger_checkpoint').get([])).toMatchObject({ epoch: 1 });
    run(lower(100));
    for (const each of [engine, other, new Engine(db)]) expect(usage(each)).toMatchObject(counts(400));
    const swept = other.run([[CALL, 'sweep', NOW + 9_000_000, undefined, 10]])[0]![0];
    expect(swept).toMatchObject([{ charged: { inputTokens: 100, outputTokens: 300, nanoUsd: 20 }, expired: true }]);
    expect(usage(engine)).toMatchObject(counts(400));
    otherDb.close();
  });

  it('sees what another process wrote, from the journal and across a checkpoint', () => {
    const otherDb = open();
    const other = new Engine(otherDb);
    const limited = (id: string): ReserveOp => [RESERVE, NOW, id, 'acme', '', '|5|||||', '', 1, 0, 0, 60_000];
    const admitted = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => {
      const [results] = (index % 2 === 0 ? engine : other).run([limited(`r${index}`)]);
      return results![0] === 0;
    });
    expect(admitted).toEqual([true, true, true, true, true, false, false, false]);
    // The other one settles what this one reserved, until it has written a checkpoint.
    for (let round = 0; round < 5_000; round++) {
      run(settle(`r${round}`), limited(`r${round + 8}`));
      if (round === 0) for (const id of ['r1', 'r2', 'r3', 'r4']) other.run([settle(id)]);
      else other.run([settle(`r${round + 7}`)]);
    }
    const mine = run([CALL, 'usage', NOW, 'acme'])[0];
    expect(other.run([[CALL, 'usage', NOW, 'acme']])[0]![0]).toEqual(mine);
    otherDb.close();
  });

  it('finds what was counted when the clock is set wrong and set back', () => {
    const limited = (id: string, now: number): ReserveOp => [RESERVE, now, id, 'acme', '', '|||10|||', '', 7, 0, 0, 1];
    expect(run(limited('a', NOW))).toEqual([0]);
    expect(run(limited('b', NOW + 3 * 86_400_000))).toEqual([0]);
    expect(run(limited('c', NOW))).toMatchObject([{ admitted: false, limit: 'tokensPerDay' }]);
  });

  it('refuses a database that a newer release wrote', () => {
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    expect(open).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining('schema') }),
    );
  });
});
