import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlDocumentIndex } from '../../index/document-index.ts';
import type { Database } from '../../ports/database.ts';
import { openEmbeddedDatabase } from '../embedded/index.ts';
import { migrate } from './migrate.ts';

const TEXTS: Readonly<Record<string, readonly [group: string, text: string]>> = {
  leave: ['staff', 'Annual leave is twenty five days, and holidays are added to vacation.'],
  vacation: ['staff', 'A vacation is booked in the calendar before it begins.'],
  travel: ['staff', 'Travel is booked by the office.'],
  merger: ['board', 'The annual merger plan names the calendar of the takeover.'],
  ...Object.fromEntries(
    Array.from({ length: 26 }, (_, n) => [
      `filler${n}`,
      ['staff', `Paragraph about printer number ${n} of floor ${n}.`],
    ]),
  ),
};

let folder: string;
let database: Database;
const ids = new Map<string, string>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-feedback-'));
  database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 64 });
  await migrate(database, { embedding: { model: 'm', dimensions: 2 } });
  const index = new SqlDocumentIndex({ database, model: 'm' });
  for (const [documentId, [group, text]] of Object.entries(TEXTS)) {
    const contentHash = createHash('sha256').update(text).digest('hex');
    const offer = {
      tenant: 'acme',
      documentId,
      title: documentId,
      mediaType: 'text/plain',
      bytes: text.length,
      contentHash,
    };
    await index.offer({ ...offer, groups: [group], metadata: {}, objectKey: documentId });
  }
  for (;;) {
    const jobs = await index.lease({ worker: 'w', leaseMs: 60_000, limit: 100 });
    if (jobs.length === 0) break;
    for (const job of jobs) {
      const [, text] = TEXTS[job.documentId]!;
      const chunks = [{ ordinal: 0, headingPath: [], text, start: 0, end: text.length, tokens: 9 }];
      const vectors = [Float32Array.of(1, 0)];
      await index.complete(job, { title: job.documentId, text, blocks: [], pages: undefined, chunks, vectors });
    }
  }
  const rows = await database.transaction({ role: 'owner' }, (sql) =>
    sql.query<{ id: string; document_id: string }>('SELECT id, document_id FROM plinth.passages'),
  );
  for (const { id, document_id } of rows) ids.set(document_id, String(id));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function feedback(groups: string[], question: string, best: string[], pool: string[], tenant = 'acme') {
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  const rows = await database.transaction({ role: 'rag_reader', tenant, principal: 'ann', groups }, (sql) =>
    sql.query<{ passage_id: string; score: number }>(
      'SELECT passage_id, score FROM plinth.lexical_feedback($1, $2::bigint[], $3::bigint[])',
      [question, best.map((name) => ids.get(name)), pool.map((name) => ids.get(name))],
    ),
  );
  return rows.map(({ passage_id, score }) => [names.get(String(passage_id)), score] as const);
}
const ALL = ['leave', 'vacation', 'travel', 'merger'];

describe('the second lexical round', () => {
  it('finds what shares words with the best passage, and no word with the question', async () => {
    const without = await feedback(['staff'], 'annual leave', [], ALL);
    expect(without.map(([name]) => name)).toEqual(['leave']);
    const widened = await feedback(['staff'], 'annual leave', ['leave'], ALL);
    expect(widened.map(([name]) => name)).toEqual(['leave', 'vacation']);
  });

  it('neither gives nor learns from a passage that the reader may not read', async () => {
    const clean = await feedback(['staff'], 'annual leave', ['leave'], ALL);
    expect(await feedback(['staff'], 'annual leave', ['merger', 'leave'], ALL)).toEqual(clean);
    // Vacation shares "calendar" with the merger alone.
    expect((await feedback(['staff'], 'annual leave', ['merger'], ALL)).map(([name]) => name)).toEqual(['leave']);
    expect((await feedback(['board'], 'annual', ['merger'], ALL)).map(([name]) => name)).toEqual(['merger']);
    expect(await feedback([], 'annual leave', ['leave'], ALL)).toEqual([]);
    expect(await feedback(['staff'], 'annual leave', ['leave'], ALL, 'other')).toEqual([]);
  });

  it('asks about nothing where nothing is asked, and is bounded', async () => {
    expect(await feedback(['staff'], '', [], ALL)).toEqual([]);
    expect(
      await feedback(
        ['staff'],
        'leave',
        Array.from({ length: 101 }, () => 'leave'),
        ALL,
      ),
    ).toEqual([]);
  });
});
