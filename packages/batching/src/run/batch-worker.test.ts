import { PlatformError, type BatchAnswerLine } from '@plinth/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedEngine, type Script } from '../testing/scripted-engine.ts';
import { openStore, Workbench } from '../testing/workbench.ts';

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

const never = () => new Promise<never>(() => undefined);
const idsOf = (answers: readonly BatchAnswerLine[]) => answers.map(({ custom_id }) => custom_id);
const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);

/** An engine, and a worker on it that has been started. */
function started(script?: Script, options: Partial<Parameters<Workbench['worker']>[0]> = {}) {
  const engine = new ScriptedEngine(script);
  const worker = bench.worker({ engineFor: () => engine, ...options });
  worker.start();
  return { engine, worker };
}

describe('a worker', () => {
  it('runs every record of a batch once, over all its shards', async () => {
    const batch = await bench.submit(250, { recordsPerShard: 60 });
    const { engine } = started();
    expect(await bench.untilConcluded(batch)).toBe('completed');
    const answers = await bench.answers(batch);
    expect(idsOf(answers)).toEqual(idsUpTo(250));
    expect(engine.total).toBe(250);
    const id = `batch_req_${batch.id.slice('batch_'.length)}_1_1`;
    expect(answers[61]).toEqual({
      id,
      custom_id: 'r61',
      response: { status_code: 200, request_id: id, body: { answer: 'r61' } },
      error: null,
    });
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 250, failed: 0, used: { nanoUsd: 2_500 } });
  });

  it('tells of what it commits', async () => {
    const batch = await bench.submit(30);
    const told: number[] = [];
    started(undefined, { onCommit: (_, results) => told.push(...results.map(({ ordinal }) => ordinal)) });
    await bench.untilConcluded(batch);
    expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it('runs the batch with the earliest deadline first, also when that comes later', async () => {
    const first: string[] = [];
    const order: Script = async ({ id }) => {
      first.push(id);
      await bench.timers.wait(1_000, new AbortController().signal);
      return {};
    };
    await bench.submit(100);
    started(order, { pace: { max: 2, start: 2 } });
    await bench.advance(3_000);
    const urgent = await bench.submit(6, { expiresAt: bench.clock.now() + 60_000 });
    const before = first.length;
    await bench.untilConcluded(urgent);
    expect(first.slice(before).filter((id) => idsUpTo(6).includes(id))).toHaveLength(6);
    expect(first.length - before).toBeLessThan(30);
  });

  it('leaves batches that are not its own alone', async () => {
    const batch = await bench.submit(5, { engine: 'elsewhere' });
    const engine = new ScriptedEngine();
    const engineFor = ({ engine: name }: { engine: string | undefined }) => (name === 'elsewhere' ? undefined : engine);
    bench.worker({ engineFor }).start();
    await bench.advance(10_000);
    expect(engine.total).toBe(0);
    expect(await bench.store.openShards(batch.id, 5)).toMatchObject([{ holder: undefined, token: 0 }]);
  });

  it('keeps the place of a record until it is committed', async () => {
    const commits: (() => void)[] = [];
    const store = bench.storeBut({
      commit: async (...args) => {
        await new Promise<void>((resolve) => commits.push(resolve));
        return bench.store.commit(...args);
      },
    });
    const batch = await bench.submit(40);
    const { engine } = started(undefined, { store, pace: { max: 4, start: 4 } });
    await bench.advance(5_000);
    // All four are answered, and none of them is durable.
    expect(engine.total).toBe(4);
    await bench.until(() => {
      commits.shift()?.();
      return bench.concluded.has(batch.id);
    });
    expect(engine.total).toBe(40);
  });

  it('prepares and ends batches, and tries again what failed', async () => {
    const tries = { prepare: 0, conclude: 0 };
    const batch = await bench.submit(3, { status: 'validating' });
    started(undefined, {
      prepare: async (batch) => {
        if (++tries.prepare < 3) throw new PlatformError('storage_failed', 'away');
        await bench.store.changeBatch(batch, { status: 'in_progress' });
      },
      conclude: async (batch, { outcome }) => {
        if (++tries.conclude < 3) throw new Error('away');
        await bench.store.changeBatch(batch, { status: 'completed' });
        bench.concluded.set(batch.id, outcome);
      },
    });
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(tries).toEqual({ prepare: 3, conclude: 3 });
    expect(bench.failures.map(({ error, batchId }) => [error.code, batchId])).toEqual([
      ['storage_failed', batch.id],
      ['storage_failed', batch.id],
      ['internal', batch.id],
      ['internal', batch.id],
    ]);
  });

  it('goes on when the store is away for a while', async () => {
    let away = true;
    const store = bench.storeBut({
      openBatches: async (limit) => {
        if (away) throw new PlatformError('storage_failed', 'away');
        return bench.store.openBatches(limit);
      },
    });
    const batch = await bench.submit(3);
    started(undefined, { store });
    await bench.advance(10_000);
    expect(bench.concluded.size).toBe(0);
    away = false;
    expect(await bench.untilConcluded(batch)).toBe('completed');
  });
});

describe('a record that fails', () => {
  it('is tried again, and its answer kept', async () => {
    const batch = await bench.submit(10);
    const { engine } = started(({ id, before }) => {
      if (id === 'r3' && before < 4) throw new PlatformError('upstream_failed', 'broken');
      return {};
    });
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(engine.calls.get('r3')).toBe(5);
    expect(engine.total).toBe(14);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 10, failed: 0 });
  });

  it('to the end is poison: its last error is its result, and the others go on', async () => {
    const batch = await bench.submit(10);
    const { engine } = started(
      ({ id }) => {
        if (id === 'r3') throw new PlatformError('upstream_failed', 'broken');
        return {};
      },
      { retry: { maxAttempts: 4 } },
    );
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(engine.calls.get('r3')).toBe(4);
    expect((await bench.answers(batch))[3]).toMatchObject({
      custom_id: 'r3',
      response: null,
      error: { code: 'upstream_failed', message: 'broken' },
    });
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 9, failed: 1 });
  });

  it('by its own fault is final at once, whether the engine says so or throws it', async () => {
    const batch = await bench.submit(3);
    const { engine } = started(({ id }) => {
      if (id === 'r0') return { status: 400, body: { error: 'no' } };
      if (id === 'r1') throw new PlatformError('content_blocked', 'not this', { param: 'messages' });
      return {};
    });
    await bench.untilConcluded(batch);
    expect(engine.total).toBe(3);
    const [first, second] = await bench.answers(batch);
    expect(first).toMatchObject({ response: { status_code: 400, body: { error: 'no' } }, error: null });
    expect(second).toMatchObject({
      response: { status_code: 400, body: { error: { code: 'content_blocked', param: 'messages' } } },
      error: null,
    });
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 1, failed: 2 });
  });

  it('for having come too fast is tried as often as it takes, with fewer at once', async () => {
    const batch = await bench.submit(60);
    const until = bench.timers.now() + 60_000;
    const { engine } = started(
      async () => {
        if (engine.underWay > 5 && bench.timers.now() < until) throw new PlatformError('overloaded', 'slower');
        await bench.timers.wait(500, new AbortController().signal);
        return {};
      },
      { retry: { maxAttempts: 1 }, pace: { start: 32 } },
    );
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 60, failed: 0 });
  });

  it('to answer in time is ended and counts as a failure, even where the engine does not listen', async () => {
    const batch = await bench.submit(2);
    const { engine } = started(({ id, before }) => (id === 'r0' && before === 0 ? never() : {}), {
      recordTimeoutMs: 120_000,
    });
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(engine.calls.get('r0')).toBe(2);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 2 });
  });

  it('while the engine is down leaves most of the others untouched', async () => {
    const batch = await bench.submit(5_000, { recordsPerShard: 5_000 });
    const up = bench.timers.now() + 20 * 60_000;
    const { engine } = started(() => {
      if (bench.timers.now() < up) throw new PlatformError('upstream_failed', 'down');
      return {};
    });
    await bench.advance(15 * 60_000, 5_000);
    expect(engine.total).toBeLessThan(400);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 0, failed: 0 });
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 5_000, failed: 0 });
  });

  it('because a store was away ends the run of its shard, not the record', async () => {
    const batch = await bench.submit(6);
    let away = true;
    const { engine } = started(() => {
      if (away) throw new PlatformError('storage_failed', 'no audit');
      return {};
    });
    await bench.advance(10_000);
    expect(bench.failures.length).toBeGreaterThan(1);
    expect(bench.failures[0]).toMatchObject({ batchId: batch.id, shard: 0, error: { code: 'storage_failed' } });
    away = false;
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(engine.total).toBeGreaterThan(6);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 6, failed: 0 });
  });
});

describe('a lease', () => {
  const leaseMs = 10_000;

  it('is taken over once its beat has stood still for its time, and not before', async () => {
    const batch = await bench.submit(5);
    const [seen] = await bench.store.openShards(batch.id, 1);
    const held = (await bench.store.take(seen!, 'gone'))!;
    const { engine } = started(undefined, { leaseMs });
    for (let beats = 0; beats < 4; beats++) {
      await bench.advance(leaseMs - 3_000);
      await bench.store.beat(held);
    }
    await bench.advance(leaseMs - 3_000);
    expect(engine.total).toBe(0);
    await bench.advance(9_000);
    expect(engine.total).toBe(5);
    await expect(bench.store.commit(held, [])).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is kept by beats while calls take long', async () => {
    const batch = await bench.submit(2);
    const { engine } = started(
      async () => {
        await bench.timers.wait(10 * leaseMs, new AbortController().signal);
        return {};
      },
      { leaseMs },
    );
    const other = started(undefined, { leaseMs });
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect([engine.total, other.engine.total]).toEqual([2, 0]);
  });

  it('that was lost lets nothing be written, ends what is under way, and is no failure', async () => {
    const batch = await bench.submit(5);
    let answer: () => void = () => undefined;
    const answers = new Promise<void>((resolve) => (answer = resolve));
    const { engine } = started(
      async ({ signal }) => {
        aborted.push(signal);
        await answers;
        return {};
      },
      { leaseMs },
    );
    const aborted: AbortSignal[] = [];
    await bench.until(() => engine.underWay === 5);
    const [seen] = await bench.store.openShards(batch.id, 1);
    const thief = (await bench.store.take(seen!, 'thief'))!;
    answer();
    await bench.settle();
    expect(await bench.results(batch)).toEqual([]);
    expect(aborted.every((signal) => signal.aborted) || engine.underWay === 0).toBe(true);
    expect(bench.failures).toEqual([]);
    expect(await bench.store.openShards(batch.id, 1)).toMatchObject([{ token: thief.token, holder: 'thief' }]);
  });

  it("of a process that died is its successor's at once, under the same name", async () => {
    const batch = await bench.submit(5);
    const [seen] = await bench.store.openShards(batch.id, 1);
    const held = (await bench.store.take(seen!, 'laptop'))!;
    await bench.store.commit(held, [
      { ordinal: 1, line: '{}', failed: false, used: { inputTokens: 0, outputTokens: 0, nanoUsd: 0 } },
    ]);
    const { engine } = started(undefined, { leaseMs, name: 'laptop' });
    await bench.settle();
    expect(engine.total).toBe(4);
    expect(engine.calls.has('r1')).toBe(false);
    expect(bench.concluded.get(batch.id)).toBe('completed');
  });

  it('is shared out among workers, and every record is run once', async () => {
    const batch = await bench.submit(400, { recordsPerShard: 20 });
    const slow: Script = async () => {
      await bench.timers.wait(1_000, new AbortController().signal);
      return {};
    };
    const workers = [started(slow, { leaseMs }), started(slow, { leaseMs }), started(slow, { leaseMs })];
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(workers.reduce((sum, { engine }) => sum + engine.total, 0)).toBe(400);
    for (const { engine } of workers) expect(engine.total).toBeGreaterThan(0);
    expect(idsOf(await bench.answers(batch))).toEqual(idsUpTo(400));
  });
});

describe('a worker that is told to stop', () => {
  const slow: Script = async ({ signal }) => {
    await bench.timers.wait(5_000, signal);
    signal.throwIfAborted();
    return {};
  };

  it('begins nothing new, lets calls end, and gives its shards back', async () => {
    const batch = await bench.submit(20);
    const { engine, worker } = started(slow, { pace: { max: 4, start: 4 } });
    await bench.until(() => engine.underWay === 4);
    const stopped = worker.stop();
    await bench.advance(8_000);
    await stopped;
    expect(engine.total).toBe(4);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 4 });
    expect(await bench.store.openShards(batch.id, 1)).toMatchObject([{ holder: undefined }]);
  });

  it('ends calls that take longer than it has time, and keeps what is answered', async () => {
    const batch = await bench.submit(4);
    const { engine, worker } = started(({ id, ...call }) => (id === 'r0' ? {} : slow({ id, ...call })));
    await bench.until(() => engine.underWay === 3);
    const stopped = worker.stop({ drainMs: 1_000 });
    await bench.advance(1_500);
    await stopped;
    expect(engine.underWay).toBe(0);
    expect(await bench.store.progress(batch.id)).toMatchObject({ completed: 1, failed: 0 });
    expect(await bench.store.openShards(batch.id, 1)).toMatchObject([{ holder: undefined }]);
  });

  it('may be told by a Spot notice', async () => {
    const interruption = new AbortController();
    const batch = await bench.submit(20);
    const { engine } = started(slow, {
      pace: { max: 2, start: 2 },
      interruption: interruption.signal,
      drainMs: 60_000,
    });
    await bench.until(() => engine.underWay === 2);
    interruption.abort();
    await bench.advance(20_000);
    expect(engine.total).toBe(2);
    expect(await bench.store.openShards(batch.id, 1)).toMatchObject([{ holder: undefined }]);
    const next = started();
    expect(await bench.untilConcluded(batch)).toBe('completed');
    expect(next.engine.total).toBe(18);
  });
});

describe('a batch that is cancelled', () => {
  it('elsewhere is ended there, unless this worker ends batches', async () => {
    const batch = await bench.submit(5, { status: 'cancelling' });
    bench.worker({ engineFor: () => undefined, conclude: undefined }).start();
    await bench.advance(10_000);
    expect(await bench.store.openShards(batch.id, 5)).toMatchObject([{ token: 0 }]);
  });

  it('ends its calls, keeps what is committed, and is concluded once nobody can write', async () => {
    const batch = await bench.submit(6, { recordsPerShard: 3 });
    const { engine } = started(({ id }) => (['r0', 'r4'].includes(id) ? {} : never()));
    await bench.until(async () => (await bench.store.progress(batch.id)).completed === 2);
    await bench.store.changeBatch(batch, { status: 'cancelling' });
    expect(await bench.untilConcluded(batch)).toBe('cancelled');
    expect(idsOf(await bench.answers(batch))).toEqual(['r0', 'r4']);
    expect(await bench.store.openShards(batch.id, 5)).toEqual([]);
    expect(engine.total).toBe(6);
  });

  it('waits for whoever holds a shard, no longer than the lease time', async () => {
    const batch = await bench.submit(3);
    const [seen] = await bench.store.openShards(batch.id, 1);
    const held = (await bench.store.take(seen!, 'other'))!;
    await bench.store.changeBatch(batch, { status: 'cancelling' });
    started(undefined, { leaseMs: 10_000 });
    await bench.advance(8_000);
    expect(bench.concluded.size).toBe(0);
    await bench.store.commit(held, [
      { ordinal: 0, line: '{}', failed: false, used: { inputTokens: 0, outputTokens: 0, nanoUsd: 0 } },
    ]);
    expect(await bench.untilConcluded(batch)).toBe('cancelled');
    await expect(bench.store.commit(held, [])).rejects.toMatchObject({ code: 'conflict' });
    expect(await bench.results(batch)).toHaveLength(1);
  });

  it('needs no shards to end', async () => {
    const batch = await bench.submit(1, { status: 'cancelling' });
    await bench.store.dropShards(batch.id);
    started();
    expect(await bench.untilConcluded(batch)).toBe('cancelled');
  });
});

describe('a deadline', () => {
  it('that has passed ends a batch with what there is', async () => {
    const batch = await bench.submit(4, { expiresAt: bench.clock.now() + 60_000 });
    started(({ id }) => (id === 'r2' ? {} : never()));
    await bench.advance(50_000);
    expect(bench.concluded.size).toBe(0);
    expect(await bench.untilConcluded(batch)).toBe('expired');
    expect(idsOf(await bench.answers(batch))).toEqual(['r2']);
  });

  it('that passes while the files are written does not undo a batch that is through', async () => {
    let release: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (release = resolve));
    const batch = await bench.submit(2, { expiresAt: bench.clock.now() + 60_000 });
    started(undefined, {
      conclude: async (batch, { outcome }) => {
        await written;
        await bench.store.changeBatch(batch, { status: outcome });
        bench.concluded.set(batch.id, outcome);
      },
    });
    await bench.advance(120_000);
    release();
    expect(await bench.untilConcluded(batch)).toBe('completed');
  });

  it('overrides a window that leaves too little time, and no other', async () => {
    const HOUR = 3_600_000;
    const nights = { timeZone: 'UTC', hours: [{ from: '22:00', to: '23:00' }] };
    const patient = await bench.submit(100, { expiresAt: bench.clock.now() + 24 * HOUR });
    const pressed = await bench.submit(100, { expiresAt: bench.clock.now() + 8 * HOUR });
    const eager = await bench.submit(100, {
      request: { ...patient.request, plinth: { off_peak: false } },
    });
    started(undefined, { windows: nights, expectedRate: 1 });
    await bench.untilConcluded(pressed);
    await bench.untilConcluded(eager);
    await bench.advance(HOUR, 60_000);
    expect(bench.concluded.has(patient.id)).toBe(false);
    await bench.untilConcluded(patient);
    expect(new Date(bench.clock.now()).getUTCHours()).toBe(22);
  });

  it('lets a batch wait for its start', async () => {
    const batch = await bench.submit(5, { startAfter: bench.clock.now() + 100_000 });
    const { engine } = started();
    await bench.advance(99_000);
    expect(engine.total).toBe(0);
    expect(await bench.untilConcluded(batch)).toBe('completed');
  });
});
