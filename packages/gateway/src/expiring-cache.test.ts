import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

function counting(options: { ttlMs?: number; capacity?: number; load?: (key: string) => Promise<string> } = {}) {
  const clock = new ManualClock(1_000);
  const loads: string[] = [];
  const cache = new ExpiringCache<string>(
    (key) => {
      loads.push(key);
      return options.load?.(key) ?? Promise.resolve(`${key}@${clock.now()}`);
    },
    { ttlMs: options.ttlMs ?? 100, capacity: options.capacity ?? 10, clock },
  );
  return { clock, loads, cache };
}

describe('an expiring cache', () => {
  it('loads once for look-ups at the same time', async () => {
    const { cache, loads } = counting();
    expect(await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])).toEqual(['a@1000', 'a@1000', 'a@1000']);
    expect(loads).toEqual(['a']);
  });

  it('keeps a value for its time and no longer', async () => {
    const { cache, clock } = counting();
    await cache.get('a');
    clock.advance(99);
    expect(await cache.get('a')).toBe('a@1000');
    clock.advance(1);
    expect(await cache.get('a')).toBe('a@1100');
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const { cache, loads } = counting({
      load: () => (fails ? Promise.reject(new Error('down')) : Promise.resolve('up')),
    });
    const both = await Promise.allSettled([cache.get('a'), cache.get('a')]);
    expect(both.map((each) => each.status)).toEqual(['rejected', 'rejected']);
    expect(loads).toHaveLength(1);
    fails = false;
    expect(await cache.get('a')).toBe('up');
  });

  it('lets the oldest go when it is full', async () => {
    const { cache, loads } = counting({ capacity: 2 });
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await cache.get(key);
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });

  it('is not thrown out by a failure that comes after its own entry was replaced', async () => {
    let failFirst: (error: Error) => void = () => undefined;
    let first = true;
    const { cache, clock, loads } = counting({
      load: () => {
        if (!first) return Promise.resolve('second');
        first = false;
        return new Promise((_, reject) => (failFirst = reject));
      },
    });
    const lost = cache.get('a');
    clock.advance(200);
    expect(await cache.get('a')).toBe('second');
    failFirst(new Error('late'));
    await expect(lost).rejects.toThrow('late');
    expect(await cache.get('a')).toBe('second');
    expect(loads).toHaveLength(2);
  });
});
