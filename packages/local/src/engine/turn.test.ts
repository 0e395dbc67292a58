import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RightOfWay } from './right-of-way.ts';
import { Turn } from './turn.ts';

const never = new AbortController().signal;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what can wait', () => {
  it('stands still while something urgent runs, and goes on when the last of it has ended', async () => {
    const rightOfWay = new RightOfWay();
    const turn = new Turn({ signal: never, maxRunMs: 1_000, rightOfWay });
    expect(turn.next()).toBeUndefined();
    const [first, second] = [rightOfWay.enter(), rightOfWay.enter()];
    let gone = false;
    const next = turn.next()!.then(() => (gone = true));
    first();
    await Promise.resolve();
    const third = rightOfWay.enter();
    second();
    await vi.advanceTimersByTimeAsync(1);
    expect(gone).toBe(false);
    third();
    await next;
    expect(rightOfWay.isClear).toBe(true);
  });

  it('stands on when another begins in the moment the last one ended', async () => {
    const rightOfWay = new RightOfWay();
    const turn = new Turn({ signal: never, maxRunMs: 1_000, rightOfWay });
    const end = rightOfWay.enter();
    let gone = false;
    void turn.next()!.then(() => (gone = true));
    end();
    const again = rightOfWay.enter();
    await vi.advanceTimersByTimeAsync(1);
    expect(gone).toBe(false);
    again();
    await vi.advanceTimersByTimeAsync(1);
    expect(gone).toBe(true);
  });

  it('has its own time: standing still does not count', async () => {
    const rightOfWay = new RightOfWay();
    const turn = new Turn({ signal: never, maxRunMs: 1_000, rightOfWay });
    const end = rightOfWay.enter();
    const next = turn.next()!;
    await vi.advanceTimersByTimeAsync(5_000);
    end();
    await next;
    expect(turn.next()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(() => turn.next()).toThrow(expect.objectContaining({ code: 'upstream_timeout' }));
  });

  it('gives up standing when it is cancelled', async () => {
    const rightOfWay = new RightOfWay();
    rightOfWay.enter();
    const controller = new AbortController();
    const next = new Turn({ signal: controller.signal, maxRunMs: 1_000, rightOfWay }).next();
    controller.abort(new Error('wanted'));
    await expect(next).rejects.toThrow('wanted');
  });
});

it('what cannot wait never stands', () => {
  expect(new Turn({ signal: never, maxRunMs: 1_000 }).next()).toBeUndefined();
});
