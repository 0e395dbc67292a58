import { expect, it } from 'vitest';
import { BATCH_BOUNDS } from '../batches/bounds.ts';
import type { BatchHarness } from './batch-harness.ts';
import { aResult, aShard, resultsOf, takeNow } from './batch-harness.ts';
import { fresh } from './ledger-harness.ts';

const NOTHING = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };
const LOST = { code: 'conflict', message: expect.stringContaining('lease_lost') as string };

/** Shards, leases and results. Part of `batchStoreContract`. */
export function batchShardsContract(harnessOf: () => BatchHarness): void {
  const start = async (...records: number[]) => {
    const { store } = harnessOf();
    const id = fresh('batch');
    await store.addShards(records.map((count, number) => aShard(id, number, count)));
    return { id, store };
  };

  it('adds shards once, however often a file is cut', async () => {
    const { id, store } = await start(10, 10);
    const lease = await takeNow(store, id, 1);
    await store.commit(lease, [aResult(3)]);
    await store.addShards([aShard(id, 0, 10), aShard(id, 1, 10), aShard(id, 2, 5)]);
    const open = await store.openShards(id, 10);
    expect(open.map(({ number, records, token, holder }) => ({ number, records, token, holder }))).toEqual([
      { number: 0, records: 10, token: 0, holder: undefined },
      { number: 1, records: 10, token: 1, holder: 'worker' },
      { number: 2, records: 5, token: 0, holder: undefined },
    ]);
    expect(open[2]).toMatchObject(aShard(id, 2, 5));
    expect((await store.openShards(id, 2)).map(({ number }) => number)).toEqual([0, 1]);
    expect((await store.openShards(id, 1, 1)).map(({ number }) => number)).toEqual([1]);
    expect(await store.openShards(id, 1, 3)).toEqual([]);
    expect(await store.progress(id)).toMatchObject({ completed: 1, shardsLeft: 3 });
  });

  it('lets one of two win that take a shard at once', async () => {
    const { id, store } = await start(10);
    const other = await harnessOf().another();
    try {
      const [seen] = await store.openShards(id, 1);
      const taken = await Promise.all([store.take(seen!, 'one'), other.take(seen!, 'two'), store.take(seen!, 'three')]);
      const winners = taken.filter((lease) => lease !== undefined);
      expect(winners).toHaveLength(1);
      expect(winners[0]).toMatchObject({ ...aShard(id, 0, 10), token: 1 });
      expect(await store.openShards(id, 1)).toMatchObject([{ token: 1, holder: winners[0]!.holder }]);
    } finally {
      await other.close();
    }
  });

  it('shows by its beat that a holder lives, so that what was seen before is not taken', async () => {
    const { id, store } = await start(10);
    const lease = await takeNow(store, id);
    for (const live of [() => store.beat(lease), () => store.commit(lease, [aResult(0)]), () => store.release(lease)]) {
      const [seen] = await store.openShards(id, 1);
      await live();
      const [now] = await store.openShards(id, 1);
      expect(now!.beat).toBeGreaterThan(seen!.beat);
      expect(await store.take(seen!, 'thief')).toBeUndefined();
    }
  });

  it('lets a stale lease write nothing', async () => {
    const { id, store } = await start(10);
    const stale = await takeNow(store, id, 0, 'paused');
    await store.commit(stale, [aResult(0)]);
    const lease = await takeNow(store, id, 0, 'next');
    expect(lease.token).toBeGreaterThan(stale.token);
    await expect(store.commit(stale, [aResult(1)])).rejects.toMatchObject(LOST);
    await expect(store.commit(stale, [])).rejects.toMatchObject(LOST);
    await expect(store.beat(stale)).rejects.toMatchObject(LOST);
    await expect(store.finish(stale)).rejects.toMatchObject(LOST);
    await store.release(stale);
    expect(await store.openShards(id, 1)).toMatchObject([{ token: lease.token, holder: 'next' }]);
    expect(await store.committed(lease)).toEqual([0]);
    expect(await store.progress(id)).toMatchObject({ completed: 1, shardsLeft: 1 });
    expect((await resultsOf(store, id)).map(({ ordinal }) => ordinal)).toEqual([0]);
    await store.commit(lease, [aResult(1)]);
    await expect(store.commit(stale, [aResult(2)])).rejects.toMatchObject(LOST);
    expect((await resultsOf(store, id)).map(({ ordinal }) => ordinal)).toEqual([0, 1]);
  });

  it('ends a lease with the end of the shard, or when it is given back', async () => {
    const { id, store } = await start(10, 10);
    const first = await takeNow(store, id, 0);
    await store.release(first);
    await store.release(first);
    await expect(store.commit(first, [aResult(0)])).rejects.toMatchObject(LOST);
    await expect(store.finish(first)).rejects.toMatchObject(LOST);
    expect((await store.openShards(id, 1))[0]).toMatchObject({ holder: undefined });
    const second = await takeNow(store, id, 0);
    await store.commit(second, [aResult(0)]);
    const [seen] = await store.openShards(id, 1);
    await store.finish(second);
    await store.finish(second);
    await store.release(second);
    expect(await store.take(seen!, 'late')).toBeUndefined();
    await expect(store.commit(second, [aResult(1)])).rejects.toMatchObject(LOST);
    await expect(store.beat(second)).rejects.toMatchObject(LOST);
    expect((await store.openShards(id, 10)).map(({ number }) => number)).toEqual([1]);
    expect(await store.progress(id)).toEqual({
      completed: 1,
      failed: 0,
      used: { inputTokens: 1, outputTokens: 2, nanoUsd: 3 },
      shardsLeft: 1,
    });
  });

  it('keeps the first result of a record, and sums what it keeps', async () => {
    const { id, store } = await start(10);
    const lease = await takeNow(store, id);
    const used = (nanoUsd: number) => ({ inputTokens: 0, outputTokens: 0, nanoUsd });
    await store.commit(lease, [aResult(1, { line: 'first', used: used(1) }), aResult(1, { line: 'twice' })]);
    await store.commit(lease, [aResult(1, { line: 'again' }), aResult(0, { failed: true, used: used(10) })]);
    const next = await takeNow(store, id);
    await store.commit(next, [aResult(0, { line: 'later', used: used(100) })]);
    expect(await store.progress(id)).toMatchObject({ completed: 1, failed: 1, used: used(11) });
    expect((await store.committed(next)).toSorted()).toEqual([0, 1]);
    expect(await resultsOf(store, id)).toEqual([
      aResult(0, { failed: true, used: used(10) }),
      aResult(1, { line: 'first', used: used(1) }),
    ]);
  });

  it('commits all results or none', async () => {
    const { id, store } = await start(10);
    const lease = await takeNow(store, id);
    for (const wrong of [aResult(10), aResult(-1), aResult(0.5), aResult(3, { used: { ...NOTHING, nanoUsd: -1 } })])
      await expect(store.commit(lease, [aResult(0), wrong])).rejects.toMatchObject({ code: 'internal' });
    const long = 'x'.repeat(BATCH_BOUNDS.commitBytes / 2);
    await expect(
      store.commit(lease, [aResult(0), aResult(1, { line: long }), aResult(2, { line: long })]),
    ).rejects.toMatchObject({ code: 'request_too_large' });
    expect(await store.committed(lease)).toEqual([]);
    expect(await store.progress(id)).toEqual({ completed: 0, failed: 0, used: NOTHING, shardsLeft: 1 });
  });

  it('keeps the results of commits at once under one lease', async () => {
    const { id, store } = await start(1_000);
    const lease = await takeNow(store, id);
    await Promise.all(
      Array.from({ length: 20 }, (_, part) =>
        store.commit(
          lease,
          Array.from({ length: 5 }, (_, index) => aResult(index * 20 + part)),
        ),
      ),
    );
    expect((await resultsOf(store, id)).map(({ ordinal }) => ordinal)).toEqual([...Array(100).keys()]);
    expect(await store.progress(id)).toMatchObject({ completed: 100, used: { nanoUsd: 300 } });
  });

  it('finds all that was committed when it is opened again, and lets the lease go on', async () => {
    const { id, store } = await start(50, 50);
    const lease = await takeNow(store, id, 1);
    await store.commit(lease, [aResult(7), aResult(2)]);
    const other = await harnessOf().another();
    try {
      expect(await other.committed(lease)).toEqual([2, 7]);
      await other.commit(lease, [aResult(2, { line: 'again' }), aResult(4)]);
      await store.commit(lease, [aResult(4, { line: 'again' }), aResult(5)]);
      await other.commit(lease, [aResult(9)]);
      expect(await other.progress(id)).toMatchObject({ completed: 5, shardsLeft: 2, used: { nanoUsd: 15 } });
      expect(await resultsOf(other, id, 1)).toEqual([2, 4, 5, 7, 9].map((ordinal) => aResult(ordinal)));
    } finally {
      await other.close();
    }
  });

  it('streams results by ordinal in pages that stay small, however they came', async () => {
    const { id, store } = await start(2_500);
    // 17 and 2,500 have no common factor: every record once, far from its neighbours.
    const scattered = Array.from({ length: 2_500 }, (_, index) => (index * 17) % 2_500);
    const line = (ordinal: number) => `${ordinal} äß ${'"\n'.repeat(2_000 + (ordinal % 7))}`;
    for (let from = 0; from < scattered.length; from += 250) {
      const lease = await takeNow(store, id);
      const part = scattered.slice(from, from + 250);
      await store.commit(
        lease,
        part.map((ordinal) => aResult(ordinal, { line: line(ordinal) })),
      );
    }
    let next = 0;
    let longest = 0;
    for await (const page of store.results({ batchId: id, number: 0 })) {
      longest = Math.max(
        longest,
        page.reduce((sum, result) => sum + result.line.length, 0),
      );
      for (const result of page) {
        expect(result.ordinal).toBe(next);
        expect(result.line).toBe(line(next++));
      }
    }
    expect(next).toBe(2_500);
    expect(longest).toBeLessThan(2_000_000);
  });

  it('has nothing to tell of what is not there', async () => {
    const { store } = harnessOf();
    const id = fresh('nowhere');
    expect(await store.openShards(id, 10)).toEqual([]);
    expect(await store.progress(id)).toEqual({ completed: 0, failed: 0, used: NOTHING, shardsLeft: 0 });
    expect(await resultsOf(store, id)).toEqual([]);
    await store.dropShards(id);
    await expect(store.addShards([aShard(id, 0, 0)])).rejects.toMatchObject({ code: 'internal' });
    await expect(store.addShards([aShard(id, BATCH_BOUNDS.shards)])).rejects.toMatchObject({ code: 'internal' });
  });

  it('drops shards with their results, and leaves those of others', async () => {
    const [one, two] = [await start(10, 10), await start(10)];
    const lease = await takeNow(one.store, one.id, 1);
    await one.store.commit(lease, [aResult(0), aResult(1)]);
    const kept = await takeNow(two.store, two.id);
    await two.store.commit(kept, [aResult(5)]);
    await one.store.dropShards(one.id);
    await one.store.dropShards(one.id);
    expect(await one.store.openShards(one.id, 10)).toEqual([]);
    expect(await resultsOf(one.store, one.id, 1)).toEqual([]);
    expect(await one.store.progress(one.id)).toMatchObject({ completed: 0, shardsLeft: 0 });
    await expect(one.store.commit(lease, [aResult(2)])).rejects.toMatchObject(LOST);
    expect(await resultsOf(two.store, two.id)).toEqual([aResult(5)]);
    // Cut again, the batch begins at nothing.
    await one.store.addShards([aShard(one.id, 1, 10)]);
    expect(await one.store.committed(await takeNow(one.store, one.id, 1))).toEqual([]);
    expect(await resultsOf(one.store, one.id, 1)).toEqual([]);
  });
}
