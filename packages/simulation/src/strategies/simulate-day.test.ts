import { describe, expect, it } from 'vitest';
import { generateTrace, type TraceShape } from '../traffic/generate-trace.ts';
import { simulateDay, type DayOptions } from './simulate-day.ts';

const day = (shape: TraceShape, options: Partial<DayOptions> = {}, peak = 100, hours = 6) =>
  simulateDay({ trace: generateTrace(shape, { peak, hours, seed: options.seed ?? 1 }), ...options });

describe('a day in three strategies, each sized to meet the SLO', () => {
  it.each([1, 2, 3])('has hybrid cheaper than both pure ones where traffic comes in bursts, seed %i', (seed) => {
    const { strategies, verdict } = day('bursty', { seed, requests: 60_000 });
    expect(strategies.every(({ meetsSlo }) => meetsSlo)).toBe(true);
    expect(verdict.cheapest).toBe('hybrid');
    expect(verdict.words).toMatch(/^Hybrid is cheapest here/);
    const [managed, own, hybrid] = strategies;
    expect(hybrid!.usd.total).toBeLessThan(0.9 * Math.min(managed!.usd.total, own!.usd.total));
  });

  it('says that hybrid is not where traffic is steady', () => {
    const { strategies, verdict } = day('steady', { requests: 40_000 });
    expect(strategies.every(({ meetsSlo }) => meetsSlo)).toBe(true);
    expect(verdict.cheapest).toBe('own');
    expect(verdict.words).toMatch(/All self-hosted is cheapest here.*Hybrid is not: /);
  });

  it('says that own servers do not pay where there is next to no traffic', () => {
    const { strategies, verdict } = day('steady', { requests: 20_000 }, 0.5, 6);
    expect(strategies.find(({ strategy }) => strategy === 'hybrid')!.servers).toBe(0);
    expect(verdict).toMatchObject({ words: expect.stringMatching(/Hybrid (owns|would own) nothing|as much as/) });
  });

  it('says which strategy misses the SLO', () => {
    const { verdict } = day('steady', { strategies: ['own'], servers: 2, requests: 20_000 });
    expect(verdict).toMatchObject({
      cheapest: undefined,
      words: expect.stringMatching(/^No strategy meets the SLO: all self-hosted misses/),
    });
  });

  it('gives the same for the same seed', () => {
    const options = { requests: 5_000, strategies: ['hybrid'] as const, servers: 2 };
    expect(day('flash', options, 40, 2)).toEqual(day('flash', options, 40, 2));
  });

  it('comes to much the same by pieces as by every request', () => {
    for (const shape of ['bursty', 'diurnal'] as const) {
      const options = { servers: shape === 'bursty' ? 2 : 6 };
      const exact = day(shape, { ...options, exact: true }, 80, 3);
      const sampled = day(shape, { ...options, requests: 60_000 }, 80, 3);
      expect(exact.simulatedShare).toBe(1);
      expect(sampled.simulatedShare).toBeLessThan(0.6);
      for (const [index, { strategy, usd, managedShare, utilization = 0 }] of exact.strategies.entries()) {
        const other = sampled.strategies[index]!;
        expect(Math.abs(other.usd.total / usd.total - 1), `${shape} ${strategy}`).toBeLessThan(0.1);
        expect(Math.abs(other.managedShare - managedShare), `${shape} ${strategy}`).toBeLessThan(0.06);
        expect(Math.abs((other.utilization ?? 0) - utilization), `${shape} ${strategy}`).toBeLessThan(0.06);
      }
    }
  });
});
