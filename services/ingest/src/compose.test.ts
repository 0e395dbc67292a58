import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuditRecord } from '@plinth/contracts';
import { HybridRetriever, migrate, SqlLibrary, type Database } from '@plinth/retrieval';
import { chunkDocument } from '@plinth/retrieval/chunk';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { parseQuestionSet } from '@plinth/retrieval/evaluate';
import { createBoundedParser } from '@plinth/retrieval/parse';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { createWordPieceTokenizer } from '@plinth/tokens';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { composeIngest, type IngestPlatform } from './compose.ts';
import { HashEmbedder } from './testing/simple-steps.ts';

const SEED = resolve(import.meta.dirname, '../seed');
const ALL = ['everyone', 'hr', 'finance', 'engineering'];
const readerOf = (...groups: string[]) => ({ tenant: 'acme', principal: 'ann', groups });

describe('the sample handbook, through the real parsers into the embedded database', () => {
  let folder: string;
  let database: Database;
  let platform: IngestPlatform;
  let library: SqlLibrary;
  const parser = createBoundedParser();
  const audited: AuditRecord[] = [];
  const logged: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-compose-'));
    database = await openEmbeddedDatabase({ folder: join(folder, 'database'), sharedBuffersMb: 64 });
    const embedder = new HashEmbedder(32);
    await migrate(database, { embedding: embedder });
    const tokens = createWordPieceTokenizer();
    library = new SqlLibrary({ database });
    platform = composeIngest({
      database,
      objects: await openEmbeddedObjects({ folder: join(folder, 'objects') }),
      parser,
      chunk: (document) => chunkDocument(document, { tokens }),
      embedder,
      audit: { append: async (records) => void audited.push(...records) },
      clock: { now: () => Date.now() },
      folders: [{ folder: join(SEED, 'handbook'), tenant: 'acme', idPrefix: 'handbook/', groups: ['nobody'] }],
      log: ({ message }) => logged.push(message),
    });
    await platform.start();
    await vi.waitFor(
      async () =>
        expect((await library.list(readerOf(...ALL))).map(({ state }) => state)).toEqual(Array(12).fill('indexed')),
      {
        timeout: 50_000,
        interval: 100,
      },
    );
  });
  afterAll(async () => {
    await platform.stop();
    await parser.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  it('is there as a whole, each document for its groups', async () => {
    const ids = async (...groups: string[]) =>
      (await library.list(readerOf(...groups))).map(({ documentId }) => documentId.slice('handbook/'.length));
    expect(await ids('hr')).toEqual(['hr/grievances-and-reviews.md', 'hr/salary-bands-2026.csv']);
    expect(await ids('finance')).toEqual(['finance/approval-limits.json', 'finance/quarter-close.pdf']);
    expect(await ids('engineering')).toEqual(['engineering/on-call.md', 'engineering/release-and-incidents.html']);
    expect(await ids('everyone')).toHaveLength(6);
    expect(await ids('nobody')).toEqual([]);
    expect(logged).toEqual([]);
    expect(
      audited.filter(({ action, outcome }) => action === 'document.indexed' && outcome === 'allowed'),
    ).toHaveLength(12);
  });

  it('has titles and pages as the documents tell them', async () => {
    const get = (id: string) => library.get(readerOf(...ALL), `handbook/${id}`);
    expect(await get('finance/quarter-close.pdf')).toMatchObject({ pages: 2, mediaType: 'application/pdf' });
    expect(await get('it-and-devices.html')).toMatchObject({ title: 'IT and devices' });
    expect(await get('welcome.md')).toMatchObject({ title: 'Welcome to Larkfield Instruments' });
    expect(await get('travel-and-expenses.docx')).toMatchObject({ title: 'Travel and expenses' });
    const { text } = (await library.text(readerOf('everyone'), 'handbook/it-and-devices.html'))!;
    expect(text).toContain('KeyHaven');
    expect(text).not.toMatch(/never run|padding/);
  });

  it('holds the answers of its question set, mostly among the first three found by words alone, and for its groups only', async () => {
    const questions = parseQuestionSet(await readFile(join(SEED, 'questions.jsonl'), 'utf8'));
    const retriever = new HybridRetriever({ database, embedder: new HashEmbedder(32) });
    const { signal } = new AbortController();
    const answerable = questions.filter(({ relevant }) => relevant.length > 0);
    let found = 0;
    for (const { question, relevant, groups } of answerable) {
      const first = async (reader: ReturnType<typeof readerOf>) => {
        const { passages } = await retriever.retrieve(
          { text: question, reader, limit: 3, method: 'lexical' },
          { signal },
        );
        return passages.map(({ passage }) => passage.documentId);
      };
      const wanted = relevant.map(({ documentId }) => documentId);
      if ((await first(readerOf(...ALL))).some((id) => wanted.includes(id))) found += 1;
      if (groups === undefined) continue;
      const others = ALL.filter((group) => !groups.includes(group));
      expect((await first(readerOf(...others))).filter((id) => wanted.includes(id))).toEqual([]);
    }
    expect(answerable).toHaveLength(39);
    expect(questions.length - answerable.length).toBe(4);
    expect(found).toBeGreaterThanOrEqual(33);
  });

  it('is taken out of the index when it goes', async () => {
    expect(await platform.index.forget({ tenant: 'acme', documentId: 'handbook/welcome.md' })).toBe(true);
    platform.wake();
    await vi.waitFor(
      async () =>
        expect(await platform.index.find({ tenant: 'acme', documentId: 'handbook/welcome.md' })).toBeUndefined(),
      20_000,
    );
  });
});
