import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateTrace, TRACE_SHAPES } from './generate-trace.ts';
import { meanRate, peakOf } from './trace.ts';
import { sampleTrace, wholeTrace } from './windows.ts';

describe('pieces of a trace', () => {
  it('stand for all its requests and each of its seconds once, and do not overlap, whatever the trace', () => {
    const drawn = fc.record({
      shape: fc.constantFrom(...TRACE_SHAPES),
      peak: fc.integer({ min: 1, max: 500 }),
      hours: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(),
      requests: fc.integer({ min: 100, max: 100_000 }),
    });
    fc.assert(
      fc.property(drawn, ({ shape, requests, ...options }) => {
        const trace = generateTrace(shape, options);
        const windows = sampleTrace(trace, requests);
        const stoodFor = windows.reduce(
          (sum, { from, seconds, weight }) => sum + weight * seconds * meanRate(trace, from, from + seconds),
          0,
        );
        expect(stoodFor / (meanRate(trace) * trace.rates.length)).toBeCloseTo(1, 6);
        const covered = new Uint8Array(trace.rates.length);
        for (const { covers } of windows)
          for (const { from, to } of covers) for (let second = from; second < to; second++) covered[second]! += 1;
        expect(covered.every((times) => times === 1)).toBe(true);
        for (const [index, { from, warmUp }] of windows.entries()) {
          const before = windows[index - 1];
          expect(from - warmUp).toBeGreaterThanOrEqual(before === undefined ? 0 : before.from + before.seconds);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are the whole trace where that is little', () => {
    const trace = generateTrace('steady', { peak: 1, hours: 1, seed: 1 });
    expect(sampleTrace(trace, 3_600)).toEqual(wholeTrace(trace));
  });

  it('simulate some of a burst however rare it is', () => {
    const trace = generateTrace('flash', { peak: 1_000, hours: 24, seed: 3 });
    const windows = sampleTrace(trace, 50_000);
    const highest = Math.max(...windows.map(({ from, seconds }) => meanRate(trace, from, from + seconds)));
    expect(highest).toBeGreaterThan(0.85 * peakOf(trace));
  });
});
