import { nearest, prepareDenseSearch, refreshLexemeCounts, type Database, type Sql } from '@plinth/retrieval';
import { seededRandom } from '@plinth/retrieval/evaluate';

export const READER = { tenant: 'bench', principal: 'bench', groups: ['all'] };
const BATCH = 1_000;
const VOCABULARY = 40_000;
const WORDS = 70;
const CLUSTERS = 500;

/**
 * Passages like those of a large company's library, made from a seed: words by Zipf's law, vectors around the middle of topics as sentence
 * embeddings are, questions that share words and topic with a passage.
 */
export class SyntheticCorpus {
  readonly model = 'bench';
  readonly dimensions = 384;
  readonly size: number;
  readonly #vectors: Float32Array;
  readonly #middles: Float32Array[];
  readonly #questionVectors = new Map<string, Float32Array>();

  constructor(size: number) {
    this.size = size;
    const random = seededRandom(1);
    this.#middles = Array.from({ length: CLUSTERS }, () => unit(gaussian(random, this.dimensions)));
    this.#vectors = new Float32Array(size * this.dimensions);
    for (let place = 0; place < size; place++)
      this.#vectors.set(this.#around(this.#middles[place % CLUSTERS]!, random, 0.8), place * this.dimensions);
  }

  vector(place: number): Float32Array {
    return this.#vectors.subarray(place * this.dimensions, (place + 1) * this.dimensions);
  }

  text(place: number): string {
    const random = seededRandom(1_000_000 + place);
    return Array.from({ length: WORDS }, () => wordOf(zipf(random))).join(' ');
  }

  questions(count: number): string[] {
    const random = seededRandom(2);
    return Array.from({ length: count }, (_, index) => {
      const place = Math.floor(random() * this.size);
      const words = this.text(place).split(' ');
      const text = `${Array.from({ length: 8 }, () => words[Math.floor(random() * words.length)]).join(' ')} ${index}`;
      this.#questionVectors.set(text, this.#around(this.vector(place), random, 0.5));
      return text;
    });
  }

  questionVector(text: string): Float32Array {
    return this.#questionVectors.get(text)!;
  }

  exact(vector: Float32Array, wanted: number): number[] {
    const scores = new Float32Array(this.size);
    for (let place = 0; place < this.size; place++) {
      let sum = 0;
      const start = place * this.dimensions;
      for (let i = 0; i < this.dimensions; i++) sum += vector[i]! * this.#vectors[start + i]!;
      scores[place] = sum;
    }
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, wanted);
  }

  /** As the product searches, by place in the corpus. */
  async nearest(sql: Sql, vector: Float32Array, wanted: number): Promise<number[]> {
    const { iterative } = await prepareDenseSearch(sql, 100);
    const hits = await nearest(sql, 'plinth.vectors_1', vector, { wanted, filter: undefined, iterative });
    return hits.map(({ passageId }) => Number(passageId) - 1);
  }

  #around(middle: Float32Array, random: () => number, spread: number): Float32Array {
    const noise = unit(gaussian(random, this.dimensions));
    return unit(middle.map((value, i) => value + spread * noise[i]!));
  }
}

/** Rows first and the graph afterwards, as a first load of a library is best done; statement by statement the same tables as ingest writes. */
export async function fillIndex(
  database: Database,
  corpus: SyntheticCorpus,
  say: (text: string) => void,
): Promise<{ rowsS: number; graphS: number }> {
  const owner = <T>(work: (sql: Sql) => Promise<T>) =>
    database.transaction({ role: 'owner' }, work, { timeoutMs: 3_600_000 });
  const start = performance.now();
  await owner((sql) => sql.query('DROP INDEX plinth.vectors_1_nearest'));
  await owner((sql) =>
    sql.query(
      `INSERT INTO plinth.documents (tenant, document_id, version, indexed_version, state, title, media_type, bytes, content_hash, groups, metadata,
         object_key, created_at, updated_at) VALUES ('bench', 'all', 1, 1, 'indexed', 'All', 'text/plain', 1, 'h', '{all}', '{}', 'k', now(), now())`,
    ),
  );
  for (let first = 0; first < corpus.size; first += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, corpus.size - first) }, (_, index) => first + index);
    await owner((sql) => insertBatch(sql, corpus, places));
    if (first % 10_000 === 0) say(`${first} of ${corpus.size} passages`);
  }
  await owner((sql) =>
    sql.query(
      `INSERT INTO plinth.corpora (tenant, passages, length) SELECT 'bench', count(*), sum(length) FROM plinth.passages`,
    ),
  );
  await refreshLexemeCounts(database, 'bench');
  const rowsDone = performance.now();
  say('building the graph');
  await owner(async (sql) => {
    await sql.query(`SET LOCAL maintenance_work_mem = '1GB'`);
    await sql.query(
      'CREATE INDEX vectors_1_nearest ON plinth.vectors_1 USING hnsw (embedding vector_ip_ops) WITH (m = 16, ef_construction = 64)',
    );
    await sql.query('ANALYZE plinth.passages');
    await sql.query('ANALYZE plinth.vectors_1');
  });
  const seconds = (from: number, to: number) => Math.round((to - from) / 1_000);
  return { rowsS: seconds(start, rowsDone), graphS: seconds(rowsDone, performance.now()) };
}

async function insertBatch(sql: Sql, corpus: SyntheticCorpus, places: readonly number[]): Promise<void> {
  await sql.query(
    `INSERT INTO plinth.passages (tenant, document_id, version, ordinal, length, groups, metadata, lexemes, heading_path, text, text_hash,
       start_offset, end_offset, tokens)
     SELECT 'bench', 'all', 1, u.place, (SELECT sum(cardinality(positions)) FROM unnest(l.lexemes)), '{all}', '{}', l.lexemes, '{}', u.text,
       md5(u.text), 0, 1, 90
     FROM unnest($1::integer[], $2::text[]) AS u(place, text) CROSS JOIN LATERAL (SELECT plinth.lexemes(u.text) AS lexemes) l ORDER BY u.place`,
    [places, places.map((place) => corpus.text(place))],
  );
  await sql.query(
    `INSERT INTO plinth.vectors_1 (passage_id, tenant, groups, embedding)
     SELECT p.id, 'bench', '{all}', u.vector::vector FROM unnest($1::integer[], $2::text[]) AS u(place, vector)
     JOIN plinth.passages p ON p.tenant = 'bench' AND p.document_id = 'all' AND p.version = 1 AND p.ordinal = u.place`,
    [places, places.map((place) => `[${corpus.vector(place).join(',')}]`)],
  );
}

function wordOf(rank: number): string {
  const letters = 'bcdfghjklmnprstvwz';
  const vowels = 'aeiou';
  let word = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / (letters.length * vowels.length)))
    word += letters[rest % letters.length]! + vowels[Math.floor(rest / letters.length) % vowels.length]!;
  return `${word}x`;
}

/** A rank from 0, by Zipf's law with exponent 1, through its inverse. */
function zipf(random: () => number): number {
  return Math.min(VOCABULARY - 1, Math.floor(Math.exp(random() * Math.log(VOCABULARY))) - 1);
}

function gaussian(random: () => number, count: number): Float32Array {
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
