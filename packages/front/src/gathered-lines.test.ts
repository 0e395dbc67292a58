import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GatheredLines } from './gathered-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function gathering(): { lines: GatheredLines; written: string[] } {
  const written: string[] = [];
  return { lines: new GatheredLines((text) => written.push(text)), written };
}

it('writes lines together, in order, once there is enough of them', () => {
  const { lines, written } = gathering();
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 15; count++) lines.write(line);
  expect(written).toEqual([]);
  lines.write(`last${line}`);
  expect(written).toEqual([`${line.repeat(15)}last${line}`]);
});

it('keeps no line for longer than a second', () => {
  const { lines, written } = gathering();
  lines.write('first\n');
  vi.advanceTimersByTime(900);
  lines.write('second\n');
  expect(written).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(written).toEqual(['first\nsecond\n']);
  lines.write('third\n');
  vi.advanceTimersByTime(1_000);
  expect(written).toEqual(['first\nsecond\n', 'third\n']);
});

it('writes what is left when it is flushed, once', () => {
  const { lines, written } = gathering();
  lines.write('left\n');
  lines.flush();
  lines.flush();
  vi.advanceTimersByTime(5_000);
  expect(written).toEqual(['left\n']);
});
