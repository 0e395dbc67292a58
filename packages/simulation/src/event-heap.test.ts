import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventHeap } from './event-heap.ts';

it('gives events back in the order of their times, whatever is put in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }))), (steps) => {
      const heap = new EventHeap();
      const expected: number[] = [];
      for (const [index, time] of steps.entries())
        if (time === null) {
          expect(heap.pop()).toBe(expected.length > 0);
          if (expected.length > 0) expect(heap.time).toBe(expected.sort((a, b) => a - b).shift());
        } else {
          heap.push(time, index);
          expected.push(time);
        }
      for (const time of expected.sort((a, b) => a - b)) {
        expect(heap.pop()).toBe(true);
        expect([heap.time, steps[heap.code]]).toEqual([time, time]);
      }
    }),
  );
});

it('holds more than it began with', () => {
  const heap = new EventHeap();
  for (let time = 5_000; time > 0; time--) heap.push(time, time);
  for (let time = 1; time <= 5_000; time++) {
    heap.pop();
    expect(heap.code).toBe(time);
  }
});
