import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceBlock } from '../api/rag/source-text.ts';
import { blocksAround, blocksOf, headingPathAt, pageAt, runsOf } from './source-window.ts';

const block = (kind: string, start: number, end: number, level?: number, page?: number): SourceBlock => ({
  kind,
  level,
  start,
  end,
  page,
});
const TEXT = 'Guide\n\nLeave\n\n25 days.\n\nTravel\n\nBy train.';
const BLOCKS = [
  block('heading', 0, 5, 1, 1),
  block('heading', 7, 12, 2, 1),
  block('paragraph', 14, 22, undefined, 2),
  block('heading', 24, 30, 2, 2),
  block('paragraph', 32, 41, undefined, 3),
];

describe('a source', () => {
  it('shows the headings above a place, and its page', () => {
    expect(headingPathAt(TEXT, BLOCKS, 15)).toEqual(['Guide', 'Leave']);
    expect(headingPathAt(TEXT, BLOCKS, 33)).toEqual(['Guide', 'Travel']);
    expect([pageAt(BLOCKS, 15), pageAt(BLOCKS, 33), pageAt(BLOCKS, 99)]).toEqual([2, 3, undefined]);
  });

  it('is one block where the service named none', () => {
    expect(blocksOf(TEXT, [])).toMatchObject([{ start: 0, end: TEXT.length }]);
    expect(blocksOf('', [])).toEqual([]);
  });

  it('highlights exactly the quote, whatever blocks it runs through', () => {
    fc.assert(
      fc.property(fc.nat(45), fc.nat(45), (a, b) => {
        const quote = { start: Math.min(a, b), end: Math.max(a, b) };
        for (const each of BLOCKS) {
          const runs = runsOf(TEXT, each, quote);
          expect(runs.map(({ text }) => text).join('')).toBe(TEXT.slice(each.start, each.end));
          const marked = runs.filter(({ quoted }) => quoted).map(({ text }) => text);
          expect(marked.join('')).toBe(
            TEXT.slice(Math.max(each.start, quote.start), Math.max(each.start, Math.min(each.end, quote.end))),
          );
        }
      }),
    );
  });

  it('is drawn around the quote, and always with it', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => block('paragraph', index * 100, index * 100 + 90));
    const { shown, before, after } = blocksAround(many, { start: 50_010, end: 50_020 }, { before: 500, after: 500 });
    expect(shown.length).toBeLessThan(13);
    expect(shown.some(({ start, end }) => start <= 50_010 && end >= 50_020)).toBe(true);
    expect([before, after]).toEqual([true, true]);
    expect(blocksAround(many, undefined, { before: 1, after: 150 })).toMatchObject({ before: false, after: true });
  });
});
