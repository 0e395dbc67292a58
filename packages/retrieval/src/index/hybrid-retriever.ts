import { PlatformError } from '@plinth/contracts';
import { vectorTable } from '../database/migrations/embedding-space.ts';
import type { Database, Sql } from '../ports/database.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Reranker } from '../ports/reranker.ts';
import type { Retrieval, RetrievalQuery, Retriever, ScoredPassage } from '../ports/retriever.ts';
import { fuseWithFeedback } from '../search/feedback.ts';
import type { FusedHit, Fusion, Hit } from '../search/fuse.ts';
import { judgeAgain } from './judge-again.ts';
import { lexicalHits } from './lexical-search.ts';
import { readerSession } from './library.ts';
import { filterText } from './metadata-filter.ts';
import { readPassages } from './read-passages.ts';
import { nearest, prepareDenseSearch } from './vector-search.ts';

/** Candidates of each side. */
const DEPTH = 100;
/** Of them, read and, where there is a reranker, judged. */
const MOST_READ = 100;
const LIMIT = { least: 1, most: 100 };
const QUESTION_CHARACTERS = 8_192;
const TIMEOUT_MS = 10_000;

export interface HybridRetrieverOptions {
  readonly database: Database;
  /** Of the model whose space is active. */
  readonly embedder: Embedder;
  /** Of the model whose space is being built: takes over when the index switches to it, so that re-embedding stops no search. */
  readonly standby?: Embedder;
  readonly reranker?: Reranker;
  /** @default fuseWithFeedback */
  readonly fusion?: Fusion;
}

/**
 * Finds passages by words and by meaning, both in PostgreSQL and under the reader's own rights: no statement here says who may read what. Throws
 * `configuration` where the index is in another embedding space than the embedder's.
 */
export class HybridRetriever implements Retriever {
  readonly #options: HybridRetrieverOptions;
  #switched = false;

  constructor(options: HybridRetrieverOptions) {
    this.#options = options;
  }

  async retrieve(query: RetrievalQuery, options: { readonly signal: AbortSignal }): Promise<Retrieval> {
    const { embedder, standby } = this.#options;
    try {
      return await this.#retrieve(query, this.#switched && standby ? standby : embedder, options.signal);
    } catch (error) {
      if (!(error instanceof OtherSpaceError) || standby === undefined || error.active !== standby.model) throw error;
      this.#switched = true;
      return this.#retrieve(query, standby, options.signal);
    }
  }

  async #retrieve(query: RetrievalQuery, embedder: Embedder, signal: AbortSignal): Promise<Retrieval> {
    const { reranker, database } = this.#options;
    const method = query.method ?? 'hybrid';
    const limit = Math.min(LIMIT.most, Math.max(LIMIT.least, Math.floor(query.limit)));
    const text = query.text.slice(0, QUESTION_CHARACTERS);
    const judges = reranker !== undefined && query.rerank !== false;
    const vector = method === 'lexical' ? undefined : (await embedder.embed([text], 'query', { signal }))[0];
    const filter = filterText(query.filter);
    const inTransaction = <T>(work: (sql: Sql) => Promise<T>) =>
      database.transaction(readerSession(query.reader), work, { signal, timeoutMs: TIMEOUT_MS });
    // Side by side where the database has two connections. None of the three waits for another while it holds one.
    const [lexical, dense] = await Promise.all([
      method === 'dense' ? [] : inTransaction((sql) => lexicalHits(sql, text, { wanted: DEPTH, filter })),
      vector === undefined ? [] : inTransaction((sql) => denseHits(sql, embedder, vector, filter)),
    ]);
    const found = await inTransaction(async (sql) => {
      const fused = await (this.#options.fusion ?? fuseWithFeedback)({
        question: text,
        questionVector: vector,
        lexical,
        dense,
        judgeAgain: async (best, pool) => {
          const { table } = await denseSearch(sql, embedder);
          return judgeAgain(sql, table, { text, vector: vector! }, best, pool);
        },
      });
      return readDistinct(sql, fused.slice(0, MOST_READ), judges ? MOST_READ : limit);
    });
    const judged = judges && found.length > 0;
    const passages = judged ? await rerank(reranker, text, found, signal) : found;
    return {
      passages: passages.slice(0, limit),
      models: {
        ...(vector !== undefined && { embedding: embedder.model }),
        ...(judged && { reranker: reranker.model }),
      },
    };
  }
}

/** The index is in another space than the question. */
class OtherSpaceError extends PlatformError {
  readonly active: string | undefined;

  constructor(active: string | undefined, model: string) {
    super(
      'configuration',
      `The index is in the embedding space of "${active ?? 'nothing'}", and questions are embedded by "${model}". Set the same model, or re-embed the index.`,
    );
    this.active = active;
  }
}

async function denseHits(
  sql: Sql,
  embedder: Embedder,
  vector: Float32Array,
  filter: string | undefined,
): Promise<readonly Hit[]> {
  const search = await denseSearch(sql, embedder);
  return nearest(sql, search.table, vector, { ...search, wanted: DEPTH, filter });
}

async function denseSearch(sql: Sql, { model, dimensions }: Embedder): Promise<{ table: string; iterative: boolean }> {
  const { active, iterative } = await prepareDenseSearch(sql, DEPTH);
  if (active?.model !== model || active.dimensions !== dimensions) throw new OtherSpaceError(active?.model, model);
  return { table: vectorTable(active.n), iterative };
}

/**
 * Passages in the order of the fusion, as many as wanted where there are; of several with the same text, the best. What is no longer there is left
 * out. Mostly one read is enough: a text takes longer to read than to rank.
 */
async function readDistinct(sql: Sql, fused: readonly FusedHit[], wanted: number): Promise<readonly ScoredPassage[]> {
  const texts = new Set<string>();
  const found: ScoredPassage[] = [];
  for (let first = 0; first < fused.length && found.length < wanted; first += wanted) {
    const part = fused.slice(first, first + wanted);
    const read = await readPassages(
      sql,
      part.map(({ passageId }) => passageId),
    );
    for (const { passageId, ...placings } of part) {
      const one = read.get(passageId);
      if (one === undefined || texts.has(one.textHash)) continue;
      texts.add(one.textHash);
      found.push({ passage: one.passage, ...placings });
    }
  }
  return found;
}

async function rerank(
  reranker: Reranker,
  question: string,
  found: readonly ScoredPassage[],
  signal: AbortSignal,
): Promise<readonly ScoredPassage[]> {
  const scores = await reranker.score(
    question,
    found.map(({ passage }) => passage.text),
    { signal },
  );
  return found
    .map((one, index) => ({ one, score: scores[index]!, index }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ one, score }, index) => ({ ...one, rerank: { rank: index + 1, score } }));
}
