import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

async function* numbers(count: number, onRead: (n: number) => void = () => undefined) {
  for (let n = 0; n < count; n++) {
    onRead(n);
    yield n;
  }
}

describe('work in order', () => {
  it('is done several at once and handed out in turn, read no further ahead than it is worked on', async () => {
    let [under, most, read, out] = [0, 0, 0, 0];
    const results: number[] = [];
    const work = async (n: number) => {
      most = Math.max(most, ++under);
      await new Promise((done) => setTimeout(done, n % 3));
      under -= 1;
      return n;
    };
    for await (const n of inOrder(
      numbers(50, () => (read += 1)),
      4,
      work,
    )) {
      results.push(n);
      out += 1;
      expect(read - out).toBeLessThanOrEqual(4);
    }
    expect(results).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(most).toBe(4);
  });

  it('leaves nothing under way when one fails, or nobody wants more', async () => {
    let under = 0;
    const work = async (n: number) => {
      under += 1;
      await new Promise((done) => setTimeout(done, 5));
      under -= 1;
      if (n === 1) throw new Error('one');
      return n;
    };
    const all = async () => {
      for await (const _ of inOrder(numbers(9), 4, work));
    };
    await expect(all()).rejects.toThrow('one');
    expect(under).toBe(0);
    for await (const n of inOrder(numbers(9), 4, work)) if (n === 0) break;
    expect(under).toBe(0);
  });
});
