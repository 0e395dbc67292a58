import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HybridRetriever, migrate, openPostgresDatabase, type Database, type Embedder } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { fillIndex, READER, SyntheticCorpus } from './retrieval-corpus.ts';

const QUERIES = 300;
const WARM_UP = 30;
const { signal } = new AbortController();

const WAYS = ['dense', 'lexical', 'hybrid'] as const;
type Way = (typeof WAYS)[number];

interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How fast the index finds at a size, embedded and, where `PLINTH_PG_URL` names one, on a PostgreSQL server; and how much of the truth its graph finds. */
export async function benchRetrieval(passages: number, say: (text: string) => void): Promise<void> {
  const corpus = new SyntheticCorpus(passages);
  const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  try {
    await benchDatabase('embedded (PGlite)', await openEmbeddedDatabase({ folder, sharedBuffersMb: 512 }), corpus, say);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const url = process.env['PLINTH_PG_URL'];
  if (url === undefined) return say('Set PLINTH_PG_URL to an empty database to measure a PostgreSQL server too.');
  await benchDatabase('PostgreSQL server', openPostgresDatabase({ target: { kind: 'url', url } }), corpus, say);
}

async function benchDatabase(
  name: string,
  database: Database,
  corpus: SyntheticCorpus,
  say: (text: string) => void,
): Promise<void> {
  try {
    await migrate(database, { embedding: { model: corpus.model, dimensions: corpus.dimensions } });
    const filled = await fillIndex(database, corpus, (text) => say(`${name}: ${text}`));
    console.log(`\n${name}: ${corpus.size} passages, rows in ${filled.rowsS} s, HNSW in ${filled.graphS} s`);
    const { elapsed, cpu } = await timed(database, corpus);
    for (const way of WAYS)
      console.log(`  ${way.padEnd(8)} ${inWords(elapsed[way])}; CPU of this process ${inWords(cpu[way])}`);
    const recall = await recallOf(database, corpus);
    console.log(`  recall@10 of the graph against exact search: ${recall.toFixed(4)} (goal at least 0.99)`);
    if (name.startsWith('embedded'))
      console.log(
        `  hybrid p95: ${elapsed.hybrid.p95.toFixed(1)} ms, CPU ${cpu.hybrid.p95.toFixed(1)} ms (goal under 60)`,
      );
    else
      console.log(`  hybrid p99 / dense p99: ${(elapsed.hybrid.p99 / elapsed.dense.p99).toFixed(2)} (goal at most 2)`);
  } finally {
    await database.close();
  }
}

/**
 * Each question in each way, one after the other, so that all have the same machine. Beside the time that passes the CPU time of this process, the embedded
 * database's thread included: what a core has to do however many others want it.
 */
async function timed(
  database: Database,
  corpus: SyntheticCorpus,
): Promise<{ elapsed: Record<Way, Times>; cpu: Record<Way, Times> }> {
  const embedder: Embedder = {
    model: corpus.model,
    dimensions: corpus.dimensions,
    maxTokens: 256,
    embed: ([text]) => Promise.resolve([corpus.questionVector(text!)]),
  };
  const retriever = new HybridRetriever({ database, embedder });
  const elapsed: Record<Way, number[]> = { dense: [], lexical: [], hybrid: [] };
  const cpu: Record<Way, number[]> = { dense: [], lexical: [], hybrid: [] };
  for (const [index, text] of corpus.questions(QUERIES + WARM_UP).entries())
    for (const method of WAYS) {
      const start = performance.now();
      const before = process.cpuUsage();
      await retriever.retrieve({ text, reader: READER, limit: 10, method }, { signal });
      const { user, system } = process.cpuUsage(before);
      if (index < WARM_UP) continue;
      elapsed[method].push(performance.now() - start);
      cpu[method].push((user + system) / 1_000);
    }
  return { elapsed: percentiles(elapsed), cpu: percentiles(cpu) };
}

function percentiles(times: Record<Way, number[]>): Record<Way, Times> {
  const of = (unsorted: readonly number[]): Times => {
    const sorted = [...unsorted].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  };
  return { dense: of(times.dense), lexical: of(times.lexical), hybrid: of(times.hybrid) };
}

function inWords({ p50, p95, p99 }: Times): string {
  return `p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)}  p99 ${p99.toFixed(1)} ms`;
}

/** Of the ten truly nearest, how many the product's search gives among its ten. */
async function recallOf(database: Database, corpus: SyntheticCorpus): Promise<number> {
  let found = 0;
  const questions = corpus.questions(100);
  for (const text of questions) {
    const vector = corpus.questionVector(text);
    const given = await database.transaction({ role: 'rag_reader', ...READER }, (sql) =>
      corpus.nearest(sql, vector, 10),
    );
    const exact = new Set(corpus.exact(vector, 10));
    found += given.filter((place) => exact.has(place)).length;
  }
  return found / (questions.length * 10);
}
