import { setTimeout as wait } from 'node:timers/promises';
import { EvaluationConfig, type EvaluationResult } from '@plinth/contracts';
import { compareEvaluations, runEvaluation } from '@plinth/retrieval/evaluate';
import { loadCranfield } from './collection.ts';
import { embedLocally } from './embed-locally.ts';
import { openIndex } from './open-index.ts';
import { ROWS, searchRow, type RowName } from './search-rows.ts';

/** Runs the whole collection by each row, as an evaluation of the product does. */
export async function measureCranfield(say: (text: string) => void): Promise<ReadonlyMap<RowName, EvaluationResult>> {
  const { documents: all, questions } = loadCranfield();
  // Two abstracts are empty, and ingest refuses a document without text.
  const documents = all.filter(({ text }) => text !== '');
  say(`embedding ${documents.length} abstracts and ${questions.length} questions`);
  const texts = [...documents.map(({ text }) => text), ...questions.map(({ question }) => question)];
  const vectors = await embedLocally(texts, () => {});
  const asked = new Map(questions.map(({ question }, index) => [question, vectors[documents.length + index]!]));
  say('indexing');
  const index = await openIndex(documents, vectors.slice(0, documents.length), () => {});
  try {
    const results = new Map<RowName, EvaluationResult>();
    for (const row of ROWS) {
      say(row);
      const search = async (question: string) => {
        const found = await searchRow(row, index, question, asked.get(question)!);
        return found.map((documentId) => ({ documentId }));
      };
      const ports = {
        search,
        now: () => performance.now(),
        wait: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }),
      };
      const config = EvaluationConfig.parse({ limit: 100 });
      const { signal } = new AbortController();
      results.set(row, await runEvaluation(questions, ports, { groups: [], config, signal, concurrency: 1 }));
    }
    return results;
  } finally {
    await index.close();
  }
}

/** All rows side by side, and the default against each other one. */
export function cranfieldTable(results: ReadonlyMap<RowName, EvaluationResult>): string {
  const metrics = ['ndcg@10', 'recall@10', 'precision@10', 'mrr'];
  const width = Math.max(...ROWS.map((row) => row.length));
  const lines = [`${''.padEnd(width)}  ${[...metrics, 'p50 ms', 'p95 ms'].map((name) => name.padStart(12)).join('')}`];
  for (const [row, { totals }] of results) {
    const cells = metrics.map((name) => totals[name]!.toFixed(4));
    const times = ['p50', 'p95'].map((name) => totals[name]!.toFixed(1));
    lines.push(`${row.padEnd(width)}  ${[...cells, ...times].map((cell) => cell.padStart(12)).join('')}`);
  }
  const best = results.get('default: fusion with feedback')!;
  for (const [row, result] of results) {
    if (result === best) continue;
    const { difference, low, high, pValue, higher, lower } = compareEvaluations(result, best).find(
      ({ metric }) => metric === 'ndcg@10',
    )!;
    lines.push(
      `default against ${row}: ndcg@10 ${signed(difference)}, 95 % from ${signed(low)} to ${signed(high)}, p=${pValue.toFixed(4)}, ${higher} better, ${lower} worse`,
    );
  }
  return lines.join('\n');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
