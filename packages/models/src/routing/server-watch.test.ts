import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ServerWatch } from './server-watch.ts';

const LOAD = { waiting: 1, running: 2, kvCacheUse: 0.5 };
const servers = [
  { member: 'a', metricsUrl: 'http://a/metrics' },
  { member: 'b', metricsUrl: 'http://b/metrics' },
];

function watch(
  read = (url: string): Promise<typeof LOAD> =>
    url.includes('//b') ? Promise.reject(new Error('down')) : Promise.resolve(LOAD),
) {
  const clock = new ManualClock();
  const [seen, asked]: [string[], string[]] = [[], []];
  const watched = new ServerWatch({
    servers,
    clock,
    everyMs: 1_000,
    afterUseMs: 3_000,
    observe: (member) => void seen.push(member),
    read: (url) => {
      asked.push(url);
      return read(url);
    },
  });
  return { clock, seen, asked, watched };
}

describe('a watch over servers', () => {
  it('asks each of them over and over while they are used, and passes on what those say that answer', async () => {
    const { clock, seen, asked, watched } = watch();
    watched.used();
    watched.used();
    await clock.advance(0);
    expect([asked.length, seen]).toEqual([2, ['a']]);
    await clock.advance(2_000);
    expect([asked.length, seen]).toEqual([6, ['a', 'a', 'a']]);
  });

  it('stops a while after the last use, and begins again with the next', async () => {
    const { clock, asked, watched } = watch();
    watched.used();
    await clock.advance(60_000);
    const before = asked.length;
    expect([clock.waiting, before]).toEqual([0, 10]);
    await clock.advance(60_000);
    expect(asked).toHaveLength(before);
    watched.used();
    await clock.advance(0);
    expect(asked).toHaveLength(before + 2);
  });

  it('begins no round before the last is over', async () => {
    const { clock, asked, watched } = watch(() => new Promise(() => undefined));
    watched.used();
    await clock.advance(10_000);
    watched.used();
    await clock.advance(10_000);
    expect(asked).toHaveLength(2);
  });
});
