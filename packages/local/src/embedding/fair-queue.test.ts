import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

describe('FairQueue', () => {
  it('takes one item of each caller in turn', () => {
    const queue = new FairQueue<string>();
    queue.add(['a1', 'a2', 'a3']);
    expect(queue.take(1)).toEqual(['a1']);
    queue.add(['b1', 'b2']);
    expect(queue.take(10)).toEqual(['a2', 'b1', 'a3', 'b2']);
    expect(queue.size).toBe(0);
  });

  it('gives every item of whoever stays once and in order, and none of whoever left', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ remove: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new FairQueue<{ line: number; item: number }>();
        const lines: ReturnType<typeof queue.add>[] = [];
        const left = new Set<number>();
        const got: number[][] = [];
        const receive = (max: number) => {
          for (const { line, item } of queue.take(max)) {
            expect(left.has(line)).toBe(false);
            got[line]?.push(item);
          }
        };
        for (const doing of steps) {
          if ('add' in doing) {
            got.push([]);
            lines.push(queue.add(Array.from({ length: doing.add }, (_, item) => ({ line: lines.length, item }))));
          } else if ('take' in doing) receive(doing.take);
          else {
            const line = lines[doing.remove];
            if (line === undefined) continue;
            queue.remove(line);
            left.add(doing.remove);
          }
        }
        receive(Infinity);
        expect(queue.size).toBe(0);
        for (const [line, items] of got.entries()) {
          const all = lines[line]?.items.map(({ item }) => item) ?? [];
          expect(items).toEqual(left.has(line) ? all.slice(0, items.length) : all);
        }
      }),
    );
  });
});
