import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdTable } from './id-table.ts';

/** Few enough to come twice; some are halves of surrogate pairs. */
const id = fc.integer({ min: 0xd7f0, max: 0xd8ff }).map((code) => `id-${String.fromCharCode(code)}`);

it('knows the line of every id it has seen, as a map does, while it grows', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), (ids) => {
      const table = new IdTable(4);
      const lines = new Map<string, number>();
      const seen = ids.map((id, index) => {
        const before = lines.get(id);
        if (before === undefined) lines.set(id, index + 1);
        return before;
      });
      expect(ids.map((id, index) => table.claim(id, index + 1))).toEqual(seen);
    }),
  );
});

it('tells halves of surrogate pairs apart', () => {
  const table = new IdTable();
  expect(table.claim('\ud800', 1)).toBeUndefined();
  expect(table.claim('\ud801', 2)).toBeUndefined();
  expect(table.claim('\ufffd', 3)).toBeUndefined();
  expect(table.claim('\ud800', 4)).toBe(1);
});
