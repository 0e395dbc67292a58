import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HybridRetriever, migrate, openPostgresDatabase, type Database, type Embedder } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { fillIndex, READER, SyntheticCorpus } from './retrieval-corpus.ts';

const QUERIES = 300;
const WARM_UP = 30;
const { signal } = new AbortController();

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
    const dense = await timed(database, corpus, 'dense');
    const lexical = await timed(database, corpus, 'lexical');
    const hybrid = await timed(database, corpus, 'hybrid');
    for (const [way, { p50, p95, p99 }] of Object.entries({ dense, lexical, hybrid }))
      console.log(`  ${way.padEnd(8)} p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)}  p99 ${p99.toFixed(1)} ms`);
    const recall = await recallOf(database, corpus);
    console.log(`  recall@10 of the graph against exact search: ${recall.toFixed(4)} (goal at least 0.99)`);
    if (name.startsWith('embedded')) console.log(`  hybrid p95: ${hybrid.p95.toFixed(1)} ms (goal under 60)`);
    else console.log(`  hybrid p99 / dense p99: ${(hybrid.p99 / dense.p99).toFixed(2)} (goal at most 2)`);
  } finally {
    await database.close();
  }
}

async function timed(
  database: Database,
  corpus: SyntheticCorpus,
  method: 'dense' | 'lexical' | 'hybrid',
): Promise<Times> {
  const embedder: Embedder = {
    model: corpus.model,
    dimensions: corpus.dimensions,
    maxTokens: 256,
    embed: ([text]) => Promise.resolve([corpus.questionVector(text!)]),
  };
  const retriever = new HybridRetriever({ database, embedder });
  const times: number[] = [];
  for (const [index, text] of corpus.questions(QUERIES + WARM_UP).entries()) {
    const start = performance.now();
    await retriever.retrieve({ text, reader: READER, limit: 10, method }, { signal });
    if (index >= WARM_UP) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
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
