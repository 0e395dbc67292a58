import { cranfieldTable, measureCranfield } from '../retrieval/cranfield/measure.ts';

/** How well the index finds, on the Cranfield collection (tests/retrieval/cranfield/README.md). */
export async function benchCranfield(say: (text: string) => void): Promise<void> {
  const results = await measureCranfield(say);
  const value = results.get('default: fusion with feedback')!.totals['ndcg@10']!;
  console.log(cranfieldTable(results));
  console.log(
    `${value >= 0.41 ? 'met   ' : 'MISSED'}  ndcg@10 of the default: ${value.toFixed(4)} (goal at least 0.41)`,
  );
}
