import { openStore, ScriptedEngine, Workbench } from '@plinth/batching/testing';
import { PlatformError } from '@plinth/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shardName } from '../places.ts';
import { openOf } from './own-shards.ts';
import { runShards } from './run-shards.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
let bench: Workbench;
beforeAll(async () => {
  opened = await openStore();
});
beforeEach(() => {
  bench = new Workbench(opened.store);
});
afterEach(() => bench.close());
afterAll(() => opened.close());

async function submitted() {
  const batch = await bench.submit(40, { recordsPerShard: 10 });
  const shards = (await bench.store.openShards(batch.id, 10)).map(({ key, number, records }) => {
    return { key, records, number: shardName(number) };
  });
  return { batch, shards };
}

/** Time is real here: nothing is waited for but work. */
function run(
  engine: ScriptedEngine,
  task: { tenant: string; batchId: string; shards: Awaited<ReturnType<typeof submitted>>['shards'] },
  interruption = new AbortController().signal,
  name = 'job-1',
) {
  const { store, objects } = bench;
  const clock = { now: () => bench.clock.now() };
  return runShards({
    store,
    objects,
    task,
    name,
    interruption,
    clock,
    engineFor: () => engine,
    pollMs: 5,
    drainMs: 50,
  });
}

describe('a task of the worker on Spot', () => {
  it('works through its own shards and no other', async () => {
    const { batch, shards } = await submitted();
    const engine = new ScriptedEngine();
    expect(await run(engine, { tenant: batch.tenant, batchId: batch.id, shards: shards.slice(1, 3) })).toBe('done');
    expect([...engine.calls.keys()].toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `r${index + 10}`));
    expect((await bench.store.openShards(batch.id, 10)).map(({ number }) => number)).toEqual([0, 3]);
  });

  it('gives its shards back when its machine is taken, and the next try goes on where it was', async () => {
    const { batch, shards } = await submitted();
    const interruption = new AbortController();
    const about = { tenant: batch.tenant, batchId: batch.id, shards };
    const first = new ScriptedEngine(({ id, signal }) => {
      if (id === 'r25') interruption.abort();
      // What is under way when the notice comes may end in its time; this one does not.
      if (id !== 'r27') return {};
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    expect(await run(first, about, interruption.signal)).toBe('interrupted');
    const left = await openOf(bench.store, about);
    expect(left.length).toBeGreaterThan(0);
    expect(left.every(({ holder }) => holder === undefined)).toBe(true);
    const { completed } = await bench.store.progress(batch.id);
    const second = new ScriptedEngine();
    expect(await run(second, about)).toBe('done');
    expect(second.total).toBe(40 - completed);
    expect(second.calls.has('r27')).toBe(true);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 40, shardsLeft: 0 });
  });

  it('ends when its batch is not run any more', async () => {
    const { batch, shards } = await submitted();
    const engine = new ScriptedEngine(async () => {
      const now = await bench.store.getBatch(batch.tenant, batch.id);
      if (now?.status === 'in_progress') await bench.store.changeBatch(now, { status: 'cancelling' }).catch(isConflict);
      return {};
    });
    expect(await run(engine, { tenant: batch.tenant, batchId: batch.id, shards })).toBe('done');
    expect(await run(new ScriptedEngine(), { tenant: batch.tenant, batchId: 'batch_none', shards })).toBe('done');
  });
});

function isConflict(error: unknown): void {
  if (PlatformError.from(error).code !== 'conflict') throw error;
}
