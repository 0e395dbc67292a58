import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SlotPool } from './slot-pool.ts';

const never = new AbortController().signal;
afterEach(() => {
  vi.useRealTimers();
});

describe('SlotPool', () => {
  it('serves in the order of arrival', async () => {
    const pool = new SlotPool(['a'], { maxWaiting: 3, maxWaitMs: 1_000 });
    const order: number[] = [];
    await pool.acquire(never);
    const waits = [1, 2, 3].map((turn) => pool.acquire(never).then(() => order.push(turn)));
    for (const wait of waits) {
      pool.release('a');
      await wait;
    }
    expect(order).toEqual([1, 2, 3]);
  });

  it('refuses one more than may wait, and says when to retry', async () => {
    const pool = new SlotPool(['a'], { maxWaiting: 1, maxWaitMs: 1_000 });
    await pool.acquire(never);
    void pool.acquire(never);
    await expect(pool.acquire(never)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
  });

  it('gives up after the longest wait', async () => {
    vi.useFakeTimers();
    const pool = new SlotPool(['a'], { maxWaiting: 1, maxWaitMs: 1_000 });
    await pool.acquire(never);
    const wait = expect(pool.acquire(never)).rejects.toMatchObject({ code: 'overloaded' });
    await vi.advanceTimersByTimeAsync(1_000);
    await wait;
    expect(pool.waiting).toBe(0);
  });

  it('serves what is urgent before what can wait, whoever came first', async () => {
    const pool = new SlotPool(['a'], { maxWaiting: 9, maxWaitMs: 1_000 });
    const order: string[] = [];
    await pool.acquire(never);
    const claims = [5, 0, 1, -1, 0].map((priority, turn) =>
      pool.acquire(never, { priority }).then(() => order.push(`${priority}/${turn}`)),
    );
    for (const _ of claims) {
      pool.release('a');
      await new Promise(setImmediate);
    }
    expect(order).toEqual(['-1/3', '0/1', '0/4', '1/2', '5/0']);
  });

  it('keeps one slot of several free of what can wait', async () => {
    const pool = new SlotPool([1, 2, 3], { maxWaiting: 9, maxWaitMs: 1_000 });
    const taken: number[] = [];
    for (let request = 0; request < 3; request++)
      void pool.acquire(never, { priority: 1 }).then((slot) => taken.push(slot));
    await new Promise(setImmediate);
    expect(taken).toEqual([1, 2]);
    expect(await pool.acquire(never)).toBe(3);
    // What comes free of the urgent one is again for the next urgent one.
    pool.release(3);
    await new Promise(setImmediate);
    expect([taken, pool.waiting]).toEqual([[1, 2], 1]);
    pool.release(1);
    await new Promise(setImmediate);
    expect(taken).toHaveLength(3);
  });

  it('asks the last of those that can wait for its slot, each once, when an urgent one finds none', async () => {
    const pool = new SlotPool([1, 2, 3], { maxWaiting: 9, maxWaitMs: 1_000 });
    const asked: string[] = [];
    for (const name of ['first', 'second'])
      await pool.acquire(never, { priority: 1, onWanted: () => asked.push(name) });
    await pool.acquire(never);
    expect(asked).toEqual([]);
    for (let urgent = 0; urgent < 3; urgent++) void pool.acquire(never);
    expect(asked).toEqual(['second', 'first']);
  });

  it('lets no line of what can wait keep out what cannot', async () => {
    const pool = new SlotPool(['a'], { maxWaiting: 2, maxWaitMs: 1_000 });
    await pool.acquire(never);
    for (let waiting = 0; waiting < 2; waiting++) void pool.acquire(never, { priority: 1 });
    await expect(pool.acquire(never, { priority: 1 })).rejects.toMatchObject({ code: 'overloaded' });
    void pool.acquire(never);
    void pool.acquire(never);
    await expect(pool.acquire(never)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('never loses a slot nor gives one to two, whatever the order of taking, leaving and aborting', async () => {
    const step = fc.constantFrom('acquire', 'acquire patiently', 'release', 'abort');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const pool = new SlotPool([1, 2], { maxWaiting: 3, maxWaitMs: 60_000 });
        const held: number[] = [];
        const controllers: AbortController[] = [];
        for (const action of steps) {
          if (action.startsWith('acquire')) {
            const controller = new AbortController();
            controllers.push(controller);
            pool.acquire(controller.signal, { priority: action === 'acquire' ? 0 : 1 }).then(
              (slot) => held.push(slot),
              () => undefined,
            );
          } else if (action === 'release') {
            const slot = held.shift();
            if (slot !== undefined) pool.release(slot);
          } else controllers.pop()?.abort();
          await new Promise(setImmediate);
          expect(new Set(held).size).toBe(held.length);
          expect(pool.taken).toBe(held.length);
          // The last one is free only for what cannot wait.
          expect(pool.waiting === 0 || pool.taken >= 1).toBe(true);
        }
        controllers.forEach((controller) => controller.abort());
      }),
      { numRuns: 50 },
    );
  });
});
