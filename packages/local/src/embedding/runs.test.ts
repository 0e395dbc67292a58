import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toRuns } from './runs.ts';

it('reads every text once, with little padding, longest first and few at a time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 256 }), { maxLength: 40 }), (lengths) => {
      const runs = toRuns(lengths);
      expect(runs.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, position) => position));
      for (const run of runs) {
        const widths = run.map((position) => lengths[position] ?? 0);
        const used = widths.reduce((sum, width) => sum + width, 0);
        expect(widths).toEqual([...widths].sort((a, b) => b - a));
        expect(1 - used / ((widths[0] ?? 0) * widths.length)).toBeLessThanOrEqual(0.1);
        expect(run.length).toBeLessThanOrEqual(8);
      }
    }),
  );
});

it('puts texts of one length into one run', () => expect(toRuns([9, 9, 9])).toEqual([[0, 1, 2]]));
