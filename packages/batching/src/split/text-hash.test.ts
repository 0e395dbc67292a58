import { expect, it } from 'vitest';
import { hashText } from './text-hash.ts';

function hashed(text: string): number[] {
  const words = new Uint32Array(4);
  hashText(text, words);
  return [...words];
}
const hex = (text: string) =>
  hashed(text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');

it('is MurmurHash3 where no block has to be filled up', () => {
  expect(hex('')).toBe('0'.repeat(32));
  expect(hex('abcdefgh')).toBe('6c3576558df898a1a76d230d42147114');
  expect(hex('request-00000001')).toBe('fc8167f6c1d6d5d2d8820f2adbb00936');
});

it('turns each bit of the hash over, half of the time, for one that is turned over in the text', () => {
  const turns = new Array<number>(128).fill(0);
  const texts = 4_000;
  for (let text = 0; text < texts; text++) {
    const id = `request-${text}`;
    const at = text % id.length;
    const other = id.slice(0, at) + String.fromCharCode(id.charCodeAt(at) ^ (1 << (text % 7))) + id.slice(at + 1);
    const [one, two] = [hashed(id), hashed(other)];
    for (let bit = 0; bit < 128; bit++) turns[bit]! += ((one[bit >> 5]! ^ two[bit >> 5]!) >>> (bit & 31)) & 1;
  }
  for (const count of turns) expect(Math.abs(count / texts - 0.5)).toBeLessThan(0.05);
});
