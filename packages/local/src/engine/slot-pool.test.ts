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

  it('never loses a slot nor gives one to two, whatever the order of taking, leaving and aborting', async () => {
    const step = fc.constantFrom('acquire', 'release', 'abort');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const pool = new SlotPool([1, 2], { maxWaiting: 3, maxWaitMs: 60_000 });
        const held: number[] = [];
        const controllers: AbortController[] = [];
        for (const action of steps) {
          if (action === 'acquire') {
            const controller = new AbortController();
            controllers.push(controller);
            pool.acquire(controller.signal).then(
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
          expect(pool.waiting === 0 || pool.taken === 2).toBe(true);
        }
        controllers.forEach((controller) => controller.abort());
      }),
      { numRuns: 50 },
    );
  });
});
