import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '@plinth/contracts';
import { cranfieldTable, measureCranfield } from './measure.ts';
import type { RowName } from './search-rows.ts';

let results: ReadonlyMap<RowName, EvaluationResult>;
beforeAll(async () => {
  results = await measureCranfield(() => {});
  console.log(cranfieldTable(results));
}, 900_000);
const ndcg = (row: RowName) => results.get(row)!.totals['ndcg@10']!;

describe('on Cranfield', () => {
  it('the default reaches an nDCG@10 of 0.41, and is better than each of its parts', () => {
    expect(ndcg('default: fusion with feedback')).toBeGreaterThanOrEqual(0.41);
    for (const row of ['lexical (BM25)', 'dense (MiniLM)', 'reciprocal rank fusion'] as const)
      expect(ndcg('default: fusion with feedback')).toBeGreaterThan(ndcg(row));
  });

  it('the parts are as good as they are known to be: BM25 at 0.354, MiniLM at 0.351, their fusion at 0.392', () => {
    expect(ndcg('lexical (BM25)')).toBeGreaterThan(0.345);
    expect(ndcg('dense (MiniLM)')).toBeGreaterThan(0.345);
    expect(ndcg('reciprocal rank fusion')).toBeGreaterThan(0.385);
  });
});
