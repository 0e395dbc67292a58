import type { Amount, Reservation } from '@plinth/stores';
import type { BatchRecord, RecordResult } from '@plinth/stores/batches';
import { beforeEach, describe, expect, it } from 'vitest';
import { Outlays } from './outlay.ts';

const amount = (tokens: number): Amount => ({ inputTokens: tokens, outputTokens: 0, nanoUsd: 10 * tokens });
const batch = {
  id: 'batch_1',
  tenant: 'acme',
  identity: '{"scopeId":"k"}',
  total: 10,
  createdAt: 0,
  reservation: { id: 'batch_1', tenant: 'acme', keyId: 'k', worstCase: amount(1_000), reservedAt: 0, expiresAt: 1 },
} as unknown as BatchRecord;

/** A reservation in force, as a ledger keeps it. */
let stands: Amount | undefined;
let told: number;
let now: number;
let done: number;
const errors: unknown[] = [];
const lower = (reservation: Reservation, worstCase: Amount) => {
  told += 1;
  if (stands === undefined) return Promise.resolve(undefined);
  stands = amount(Math.min(stands.inputTokens, worstCase.inputTokens));
  return Promise.resolve({ ...reservation, worstCase: stands });
};
const open = () =>
  new Outlays({
    store: { progress: () => Promise.resolve({ completed: done, failed: 0, used: amount(0), shardsLeft: 1 }) },
    ledger: { lower },
    clock: { now: () => now },
    onError: (error) => errors.push(error),
  });
const result = (used: Amount): RecordResult => ({ ordinal: 0, line: '', failed: false, used });
/** A record that was held to 100 and came to `tokens`. */
const run = (outlays: Outlays, tokens: number) => {
  const used = amount(tokens);
  outlays.used(used, amount(100));
  return result(used);
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  stands = amount(1_000);
  [told, now, done] = [0, 0, 0];
});

describe('what a batch comes to', () => {
  it('is told to the ledger after commits: what is committed needs what it used', async () => {
    const outlays = open();
    outlays.committed(batch, []);
    now = 2_000;
    outlays.committed(batch, [run(outlays, 10), run(outlays, 30)]);
    await settled();
    expect(stands).toEqual(amount(1_000 - 90 - 70));
    now = 4_000;
    outlays.committed(batch, [run(outlays, 100)]);
    await settled();
    expect(stands).toEqual(amount(840));
  });

  it('is told now and then, not with every commit, and nothing is forgotten meanwhile', async () => {
    const outlays = open();
    outlays.committed(batch, []);
    for (let commit = 0; commit < 5; commit++) outlays.committed(batch, [run(outlays, 0)]);
    await settled();
    expect(told).toBe(0);
    now = 2_000;
    outlays.committed(batch, [run(outlays, 0)]);
    outlays.committed(batch, [run(outlays, 0)]);
    await settled();
    now = 4_000;
    outlays.committed(batch, []);
    await settled();
    expect(stands).toEqual(amount(300));
  });

  it('counts a commit once that is told of twice, and nothing for a record that never reached a model', async () => {
    const outlays = open();
    outlays.committed(batch, []);
    const one = run(outlays, 0);
    now = 2_000;
    outlays.committed(batch, [one, one, result(amount(0))]);
    await settled();
    expect(stands).toEqual(amount(900));
  });

  it('goes on from where the process before left it', async () => {
    stands = amount(400);
    const outlays = open();
    outlays.committed(batch, []);
    now = 2_000;
    outlays.committed(batch, [run(outlays, 20)]);
    await settled();
    expect(stands).toEqual(amount(320));
  });

  it('asks nothing more of a reservation that is gone', async () => {
    stands = undefined;
    const outlays = open();
    outlays.committed(batch, []);
    now = 2_000;
    outlays.committed(batch, [run(outlays, 20)]);
    await settled();
    expect([stands, errors]).toEqual([undefined, []]);
  });

  it('tells how fast it goes and when it should end', async () => {
    const outlays = open();
    expect(outlays.pace('batch_1')).toEqual({ rate: undefined, endsAt: undefined });
    outlays.committed(batch, []);
    for (const at of [2_000, 4_000]) {
      [now, done] = [at, done + 2];
      outlays.committed(batch, []);
      await settled();
    }
    // Four of ten, one a second.
    expect(outlays.pace('batch_1')).toEqual({ rate: 1, endsAt: 10_000 });
    outlays.ended('batch_1');
    expect(outlays.pace('batch_1').rate).toBeUndefined();
  });
});
