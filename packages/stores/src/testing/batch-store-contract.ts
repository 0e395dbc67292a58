import type { BatchStatus } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchHarness } from './batch-harness.ts';
import { aBatch, aFile } from './batch-harness.ts';
import { batchProperties } from './batch-properties.ts';
import { batchShardsContract } from './batch-shards-contract.ts';
import { fresh, MIDDAY } from './ledger-harness.ts';

export interface BatchContractOptions {
  /** Runs of the property test. */
  readonly runs?: number;
}

/** What every store of batches must do. */
export function batchStoreContract(
  name: string,
  open: () => Promise<BatchHarness>,
  options: BatchContractOptions = {},
): void {
  describe(`${name} as a store of batches`, () => {
    let harness: BatchHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => harness.close());

    it('keeps files by tenant', async () => {
      const file = aFile({ tenant: fresh('t'), expiresAt: MIDDAY + 1 });
      expect(await harness.store.getFile(file.tenant, file.id)).toBeUndefined();
      await harness.store.putFile(file);
      await harness.store.putFile(file);
      expect(await harness.store.getFile(file.tenant, file.id)).toEqual(file);
      expect(await harness.store.listFiles(file.tenant, { limit: 10 })).toEqual({ items: [file], more: false });
    });

    it('deletes a file once', async () => {
      const file = aFile({ tenant: fresh('t') });
      await harness.store.putFile(file);
      expect(await harness.store.deleteFile(file.tenant, file.id)).toBe(true);
      expect(await harness.store.deleteFile(file.tenant, file.id)).toBe(false);
      expect(await harness.store.getFile(file.tenant, file.id)).toBeUndefined();
      expect((await harness.store.listFiles(file.tenant, { limit: 10 })).items).toEqual([]);
    });

    it('lists files newest first, page by page, all or of one purpose', async () => {
      const tenant = fresh('t');
      const times = [30, 10, 50, 20, 40, 20];
      const files = times.map((at, index) =>
        aFile({ tenant, createdAt: MIDDAY + at, purpose: index % 2 === 0 ? 'batch' : 'batch_output' }),
      );
      for (const file of files) await harness.store.putFile(file);
      const newest = files.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
      const seen = [];
      for (let after: string | undefined, more = true; more; after = seen.at(-1)!.id) {
        const page = await harness.store.listFiles(tenant, { after, limit: 2 });
        seen.push(...page.items);
        more = page.more;
      }
      expect(seen).toEqual(newest);
      const outputs = await harness.store.listFiles(tenant, { limit: 2, purpose: 'batch_output' });
      const wanted = newest.filter(({ purpose }) => purpose === 'batch_output');
      expect(outputs).toEqual({ items: wanted.slice(0, 2), more: true });
      const rest = await harness.store.listFiles(tenant, { after: wanted[1]!.id, limit: 2, purpose: 'batch_output' });
      expect(rest).toEqual({ items: wanted.slice(2), more: false });
      await expect(harness.store.listFiles(tenant, { after: 'nowhere', limit: 2 })).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    it("shows nobody another tenant's files and batches", async () => {
      const [ann, bob] = [fresh('t'), fresh('t')];
      const file = aFile({ tenant: ann });
      const batch = aBatch({ tenant: ann });
      await harness.store.putFile(file);
      await harness.store.createBatch(batch);
      expect(await harness.store.getFile(bob, file.id)).toBeUndefined();
      expect(await harness.store.deleteFile(bob, file.id)).toBe(false);
      expect(await harness.store.listFiles(bob, { limit: 5 })).toEqual({ items: [], more: false });
      await expect(harness.store.listFiles(bob, { after: file.id, limit: 5 })).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(await harness.store.getBatch(bob, batch.id)).toBeUndefined();
      expect(await harness.store.listBatches(bob, { limit: 5 })).toEqual({ items: [], more: false });
      await expect(harness.store.listBatches(bob, { after: batch.id, limit: 5 })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(
        harness.store.changeBatch({ tenant: bob, id: batch.id, revision: 0 }, { total: 1 }),
      ).rejects.toMatchObject({ code: 'not_found' });
      expect(await harness.store.getBatch(ann, batch.id)).toEqual(batch);
    });

    it('creates a batch once, whoever else tries', async () => {
      const batch = aBatch({ tenant: fresh('t'), startAfter: MIDDAY + 5, engine: 'embedded' });
      const tries = await Promise.allSettled([
        harness.store.createBatch({ ...batch, engine: 'one' }),
        harness.store.createBatch({ ...batch, engine: 'two' }),
      ]);
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
      const { engine } = (await harness.store.getBatch(batch.tenant, batch.id))!;
      expect(engine).toBe(tries[0].status === 'fulfilled' ? 'one' : 'two');
      await expect(harness.store.createBatch({ ...batch, tenant: fresh('t') })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect((await harness.store.listBatches(batch.tenant, { limit: 5 })).items).toHaveLength(1);
    });

    it('changes a batch from the revision it was read at, and from no other', async () => {
      const batch = aBatch({ tenant: fresh('t'), engine: 'embedded' });
      await harness.store.createBatch(batch);
      const change = { status: 'in_progress', total: 7, engine: undefined } as const;
      const changed = await harness.store.changeBatch(batch, change);
      expect(changed).toEqual({ ...batch, ...change, revision: 1 });
      expect(await harness.store.getBatch(batch.tenant, batch.id)).toEqual(changed);
      await expect(harness.store.changeBatch(batch, { total: 8 })).rejects.toMatchObject({ code: 'conflict' });
      const both = await Promise.allSettled([
        harness.store.changeBatch(changed, { total: 8 }),
        harness.store.changeBatch(changed, { total: 9 }),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { total, revision } = (await harness.store.getBatch(batch.tenant, batch.id))!;
      expect({ total, revision }).toEqual({ total: both[0].status === 'fulfilled' ? 8 : 9, revision: 2 });
      await expect(
        harness.store.changeBatch({ tenant: batch.tenant, id: 'nowhere', revision: 0 }, {}),
      ).rejects.toMatchObject({ code: 'not_found' });
    });

    it('lists batches newest first, page by page', async () => {
      const tenant = fresh('t');
      const batches = [3, 1, 2].map((at) => aBatch({ tenant, createdAt: MIDDAY + at }));
      for (const batch of batches) await harness.store.createBatch(batch);
      const [third, first, second] = batches as [unknown, { id: string }, { id: string }];
      const page = await harness.store.listBatches(tenant, { limit: 2 });
      expect(page).toEqual({ items: [third, second], more: true });
      expect(await harness.store.listBatches(tenant, { after: second.id, limit: 2 })).toEqual({
        items: [first],
        more: false,
      });
    });

    it('finds the batches of all tenants that have not ended, the earliest deadline first', async () => {
      const mine = new Set<string>();
      const create = async (expiresAt: number) => {
        const batch = aBatch({ tenant: fresh('t'), expiresAt });
        mine.add(batch.id);
        await harness.store.createBatch(batch);
        return batch;
      };
      // Before all others that this suite has made.
      const [late, early, middle] = [await create(30), await create(10), await create(20)];
      const found = async () =>
        (await harness.store.openBatches(1_000)).filter(({ id }) => mine.has(id)).map(({ id }) => id);
      expect(await found()).toEqual([early.id, middle.id, late.id]);
      expect((await harness.store.openBatches(2)).map(({ id }) => id)).toEqual([early.id, middle.id]);
      const running = await harness.store.changeBatch(early, { status: 'in_progress', expiresAt: 25 });
      expect(await found()).toEqual([middle.id, early.id, late.id]);
      await harness.store.changeBatch(running, { status: 'completed' });
      for (const [batch, status] of [
        [late, 'cancelled'],
        [middle, 'failed'],
      ] as [typeof late, BatchStatus][])
        await harness.store.changeBatch(batch, { status });
      expect(await found()).toEqual([]);
    });

    it('refuses a card that is too large to keep', async () => {
      const errors = Array.from({ length: 500 }, (_, line) => ({
        code: 'x',
        message: 'm'.repeat(1_000),
        line,
        param: null,
      }));
      const batch = aBatch({ tenant: fresh('t') });
      await expect(harness.store.createBatch({ ...batch, errors })).rejects.toMatchObject({
        code: 'request_too_large',
      });
      await harness.store.createBatch(batch);
      await expect(harness.store.changeBatch(batch, { errors })).rejects.toMatchObject({ code: 'request_too_large' });
      expect(await harness.store.getBatch(batch.tenant, batch.id)).toEqual(batch);
    });

    batchShardsContract(() => harness);
    batchProperties(() => harness, options.runs ?? 30);
  });
}
