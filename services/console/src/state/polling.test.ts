import { describe, expect, it } from 'vitest';
import { fakeWatch } from '../testing/fake-watch.ts';
import { LONGEST_MS, SHORTEST_MS, startPolling } from './polling.ts';
import type { Seen } from './polling.ts';

function start(...script: Seen[]) {
  const watch = fakeWatch();
  const looks: Seen[] = [];
  const polling = startPolling(async () => {
    const seen = script.shift() ?? 'over';
    looks.push(seen);
    return seen;
  }, watch);
  return { ...watch, looks, polling };
}

describe('looking again and again', () => {
  it('is slower with each look that finds nothing or fails, and quick again after news', async () => {
    const { step, pauses } = start('changed', 'same', 'failed', 'changed', ...Array<Seen>(20).fill('same'));
    for (let count = 0; count < 24; count += 1) await step();
    expect(pauses.slice(0, 5)).toEqual([2_000, 3_000, 4_500, 2_000, 3_000]);
    expect(pauses.at(-1)).toBe(LONGEST_MS);
  });

  it('ends where nothing can change any more, until somebody asks', async () => {
    const { step, looks, polling } = start('changed', 'over', 'same');
    await step();
    await step();
    expect(looks).toEqual(['changed', 'over']);
    polling.soon();
    await step();
    expect(looks).toEqual(['changed', 'over', 'same', 'over']);
  });

  it('rests while the page is hidden, and looks at once when it is seen again', async () => {
    const { step, looks, show } = start('changed', 'same', 'same');
    await step();
    show(false);
    await step();
    await step();
    expect(looks).toHaveLength(2);
    show(true);
    await step();
    expect(looks.length).toBeGreaterThan(2);
  });

  it('does not begin on a page that nobody sees', async () => {
    const watch = fakeWatch();
    watch.show(false);
    let looks = 0;
    startPolling(async () => ((looks += 1), 'over'), watch);
    await watch.settle();
    expect(looks).toBe(0);
    watch.show(true);
    await watch.settle();
    expect(looks).toBe(1);
  });

  it('looks once more where it was asked in the middle of a look', async () => {
    const watch = fakeWatch();
    const gates: (() => void)[] = [];
    const polling = startPolling(async () => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return 'over';
    }, watch);
    polling.soon();
    gates[0]?.();
    await watch.settle();
    expect(gates).toHaveLength(2);
    expect(watch.pauses).toEqual([]);
  });

  it('stops for good', async () => {
    const { step, looks, polling, show, pauses } = start('same', 'same');
    await step();
    polling.stop();
    polling.soon();
    show(true);
    await step();
    expect(looks.length).toBeLessThanOrEqual(2);
    expect(pauses[0]).toBe(SHORTEST_MS * 1.5);
    const before = looks.length;
    await step();
    expect(looks).toHaveLength(before);
  });
});
