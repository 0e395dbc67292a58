import { describe, expect, it } from 'vitest';
import { createFrameBatch } from './frame-batch.ts';

function harness() {
  const delivered: [string, number][] = [];
  const frames: (() => void)[] = [];
  const batch = createFrameBatch(
    (text, at) => delivered.push([text, at]),
    (run) => {
      frames.push(run);
      return () => frames.splice(frames.indexOf(run), 1);
    },
  );
  const frame = () => frames.splice(0).forEach((run) => run());
  return { batch, delivered, frames, frame };
}

describe('gathering text by frame', () => {
  it('delivers a thousand chunks in one frame once, stamped with the first', () => {
    const { batch, delivered, frames, frame } = harness();
    for (let count = 0; count < 1_000; count += 1) batch.add('x', count);
    expect(frames).toHaveLength(1);
    expect(delivered).toEqual([]);
    frame();
    expect(delivered).toEqual([['x'.repeat(1_000), 0]]);
  });

  it('asks for a frame again only when more comes', () => {
    const { batch, delivered, frames, frame } = harness();
    batch.add('a', 1);
    frame();
    expect(frames).toHaveLength(0);
    batch.add('', 2);
    expect(frames).toHaveLength(0);
    batch.add('b', 3);
    frame();
    expect(delivered).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  it('delivers at once when flushed, and nothing after it', () => {
    const { batch, delivered, frames, frame } = harness();
    batch.add('a', 1);
    batch.flush();
    batch.flush();
    expect(frames).toHaveLength(0);
    frame();
    expect(delivered).toEqual([['a', 1]]);
  });
});
