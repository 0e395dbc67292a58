import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatShare } from './amounts.ts';
import { groundednessWords, pagesWords, stepWords, uploadShare } from './document-words.ts';
import { betterOf, formatMetric, metricWords } from './metric-words.ts';
import { linePoints } from './line-points.ts';

describe('documents in words', () => {
  it('says all and nothing only where it is so', () => {
    expect([1, 0.999, 0.5, 0.001, 0].map(formatShare)).toEqual(['100 %', '99 %', '50 %', '1 %', '0 %']);
    expect([1, 0.9, 0.6, 0.2, 0].map(groundednessWords)).toEqual([
      'Every claim is supported by the documents',
      'Most of it is supported by the documents',
      'Partly supported by the documents',
      'Little of it is supported by the documents',
      'Nothing of it is supported by the documents',
    ]);
  });

  it('names steps, sizes and pages', () => {
    expect(stepWords({ step: 'embed', done: 3, total: 1_200 })).toBe('Computing meanings, 3 of 1,200');
    expect(stepWords({ step: 'parse', done: 0, total: 1 })).toBe('Reading');
    expect(stepWords(undefined)).toBe('Working');
    expect([12, 18_400, 1_234_567, 99_600_000].map(formatBytes)).toEqual(['12 B', '18 kB', '1.2 MB', '100 MB']);
    expect([pagesWords(undefined), pagesWords({ first: 3, last: 3 }), pagesWords({ first: 3, last: 4 })]).toEqual([
      undefined,
      'page 3',
      'pages 3–4',
    ]);
  });

  it('never goes back on its way', () => {
    const way = ['parse', 'chunk', 'embed', 'write'].flatMap((step) =>
      [0, 1, 2].map((done) => uploadShare({ state: 'running', progress: { step, done, total: 2 } })),
    );
    expect([...way].sort((a, b) => a - b)).toEqual(way);
    expect(uploadShare({ state: 'indexed' })).toBe(1);
  });
});

describe('metrics in words', () => {
  it('knows which of two is better, and shows a name it does not know', () => {
    expect(betterOf('ndcg@10', 0.4, 0.5)).toBe(1);
    expect(betterOf('p95', 40, 50)).toBe(0);
    expect(betterOf('mrr', 0.4, 0.4)).toBeUndefined();
    expect(betterOf('mrr', 0.4, undefined)).toBeUndefined();
    expect(metricWords('constructor').title).toBe('constructor');
    expect([formatMetric('ndcg@10', 0.41234), formatMetric('p95', 35), formatMetric('mrr', undefined)]).toEqual([
      '0.412',
      '35 ms',
      '–',
    ]);
  });
});

describe('a line chart', () => {
  it('stays within its edges and draws nothing over what is not known', () => {
    const value = fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const lines = linePoints(values, { width: 100, height: 50, edge: 5, most: 1 });
        const known = values.filter((each) => each !== undefined);
        expect(lines.flat()).toHaveLength(known.length);
        for (const [x, y] of lines.flat()) {
          expect(x >= 5 && x <= 95).toBe(true);
          expect(y >= 5 && y <= 45).toBe(true);
        }
      }),
    );
    expect(linePoints([0, undefined, 1], { width: 100, height: 50, edge: 5, most: 1 })).toEqual([[[5, 45]], [[95, 5]]]);
  });
});
