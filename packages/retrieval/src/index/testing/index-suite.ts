import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../ports/database.ts';
import type { Reader, RetrievalQuery } from '../../ports/retriever.ts';
import { textHash } from '../embedded-text.ts';
import { HybridRetriever } from '../hybrid-retriever.ts';
import { SqlLibrary } from '../library.ts';
import { FilledIndex, offerOf } from './filled-index.ts';
import { wordEmbedder } from './word-embedder.ts';

const { signal } = new AbortController();

/** What every database has to do as an index. @param open A database without anything of ours in it. */
export function describeIndexSuite(
  name: string,
  open: () => Promise<{ database: Database; close(): Promise<void> }>,
): void {
  describe(`the index on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let filled: FilledIndex;
    let now = Date.parse('2026-01-01T00:00:00Z');
    beforeAll(async () => {
      opened = await open();
      filled = await FilledIndex.open(opened.database, () => now);
    });
    afterAll(() => opened.close());

    // Each test has a tenant of its own.
    const reader = (tenant: string, ...groups: string[]): Reader => ({ tenant, principal: 'ann', groups });
    const search = async (query: Partial<RetrievalQuery> & Pick<RetrievalQuery, 'text' | 'reader'>) => {
      const retriever = new HybridRetriever({ database: opened.database, embedder: filled.embedder });
      return (await retriever.retrieve({ limit: 10, ...query }, { signal })).passages;
    };
    const library = () => new SqlLibrary({ database: opened.database });

    it('finds by words, by meaning and by both, best first, with every score', async () => {
      const tenant = 'find';
      await filled.put(
        {
          tenant,
          id: 'leave',
          groups: ['staff'],
          paragraphs: ['Annual leave is twenty five days.', 'Sick leave needs a note.'],
        },
        { tenant, id: 'travel', groups: ['staff'], paragraphs: ['Trains are booked by the travel desk.'] },
      );
      for (const method of ['hybrid', 'lexical', 'dense'] as const) {
        const [first] = await search({ text: 'annual leave days', reader: reader(tenant, 'staff'), method });
        expect(first?.passage).toMatchObject({ documentId: 'leave', ordinal: 0, start: 0, version: 1, title: 'leave' });
        expect(first?.fused.rank).toBe(1);
        expect(first?.lexical === undefined).toBe(method === 'dense');
        expect(first?.dense === undefined).toBe(method === 'lexical');
      }
      expect(await search({ text: 'leave', reader: reader(tenant, 'staff'), limit: 1 })).toHaveLength(1);
    });

    it('filters by metadata on both sides', async () => {
      const tenant = 'filter';
      const paragraphs = (year: number) => [`The plan of the year ${year} is kept.`];
      for (const year of [2024, 2025, 2026])
        await filled.put({
          tenant,
          id: `plan-${year}`,
          groups: ['all'],
          paragraphs: paragraphs(year),
          metadata: { year, kind: 'plan' },
        });
      for (const method of ['lexical', 'dense', 'hybrid'] as const) {
        const found = await search({
          text: 'plan of the year',
          reader: reader(tenant, 'all'),
          method,
          filter: { year: [2024, 2026], kind: 'plan' },
        });
        expect(found.map(({ passage }) => passage.documentId).sort(), method).toEqual(['plan-2024', 'plan-2026']);
        expect(await search({ text: 'plan', reader: reader(tenant, 'all'), method, filter: { year: '2024' } })).toEqual(
          [],
        );
      }
    });

    it('shows one of several equal passages', async () => {
      const tenant = 'equal';
      await filled.put(
        { tenant, id: 'a', groups: ['all'], paragraphs: ['The office opens at eight.'] },
        { tenant, id: 'b', groups: ['all'], paragraphs: ['The office opens at eight.'] },
      );
      expect(await search({ text: 'when does the office open', reader: reader(tenant, 'all') })).toHaveLength(1);
    });

    it('changes nothing when the same comes again, and makes a version of anything else', async () => {
      const tenant = 'versions';
      const document = { tenant, id: 'rule', groups: ['all'], paragraphs: ['The limit is 50 euros.'] };
      await filled.put(document);
      expect(await filled.offer(document)).toMatchObject({ unchanged: true, record: { version: 1, state: 'indexed' } });
      await filled.put({ ...document, paragraphs: ['The limit is 80 euros.'] });
      const found = await search({ text: 'limit in euros', reader: reader(tenant, 'all') });
      expect(found.map(({ passage }) => passage.text)).toEqual(['The limit is 80 euros.']);
      expect(await library().text(reader(tenant, 'all'), 'rule', 1)).toMatchObject({ text: 'The limit is 50 euros.' });
      expect(await library().text(reader(tenant, 'all'), 'rule')).toMatchObject({ version: 2 });
      for (let limit = 100; limit < 105; limit++)
        await filled.put({ ...document, paragraphs: [`The limit is ${limit} euros.`] });
      expect(await library().text(reader(tenant, 'all'), 'rule', 2)).toBeUndefined();
      expect(await library().text(reader(tenant, 'all'), 'rule', 3)).toMatchObject({ version: 3 });
    });

    it('takes a document from those who lost it at once, before the new version is indexed', async () => {
      const tenant = 'narrow';
      const document = { tenant, id: 'pay', groups: ['staff', 'hr'], paragraphs: ['Pay rises come in April.'] };
      await filled.put(document);
      await filled.offer({ ...document, groups: ['hr', 'board'] });
      const ask = (group: string) => search({ text: 'pay rises in April', reader: reader(tenant, group) });
      expect(await ask('staff')).toEqual([]);
      expect(await ask('hr')).toHaveLength(1);
      expect(await ask('board')).toEqual([]);
      await filled.work();
      expect(await ask('board')).toHaveLength(1);
    });

    it('forgets a document with everything of it', async () => {
      const tenant = 'forget';
      await filled.put({ tenant, id: 'gone', groups: ['all'], paragraphs: ['A secret recipe of plum cake.'] });
      expect(await filled.index.forget({ tenant, documentId: 'gone' })).toBe(true);
      expect(await search({ text: 'plum cake', reader: reader(tenant, 'all') })).toEqual([]);
      await filled.work();
      expect(await library().get(reader(tenant, 'all'), 'gone')).toBeUndefined();
      expect(await library().text(reader(tenant, 'all'), 'gone', 1)).toBeUndefined();
      expect(await filled.index.forget({ tenant, documentId: 'never' })).toBe(false);
      expect(await filled.index.referenced(tenant, ['forget/gone', 'forget/never'])).toEqual(new Set());
    });

    it('lets nobody replace or forget what belongs to other groups', async () => {
      const tenant = 'holding';
      const document = { tenant, id: 'book', groups: ['board'], paragraphs: ['The books close in March.'] };
      await filled.put(document);
      await expect(
        filled.index.offer({ ...offerOf(document), groups: ['staff'] }, { holding: ['staff'] }),
      ).rejects.toMatchObject({ code: 'permission_denied' });
      expect(await filled.index.forget({ tenant, documentId: 'book' }, { holding: ['staff'] })).toBe(false);
      expect(await filled.index.find({ tenant, documentId: 'book' })).toMatchObject({
        groups: ['board'],
        state: 'indexed',
      });
      expect(
        (await filled.index.findAll(tenant, { prefix: 'b', limit: 10 })).map(({ documentId }) => documentId),
      ).toEqual(['book']);
    });

    it('refuses work under a lease that was lost, and work on a version that was replaced', async () => {
      const tenant = 'lease';
      await filled.offer({ tenant, id: 'x', groups: ['all'], paragraphs: ['First words.'] });
      const [slow] = await filled.index.lease({ worker: 'slow', leaseMs: 1_000, limit: 1 });
      now += 2_000;
      const [quick] = await filled.index.lease({ worker: 'quick', leaseMs: 60_000, limit: 1 });
      expect(quick).toMatchObject({ jobId: slow!.jobId, attempt: 2 });
      expect(await filled.finish(slow!)).toBe(false);
      expect(await filled.index.progress(slow!, { step: 'embed', done: 1, total: 2 }, { leaseMs: 1_000 })).toBe(false);
      await filled.offer({ tenant, id: 'x', groups: ['all'], paragraphs: ['Second words.'] });
      expect(await filled.finish(quick!)).toBe(false);
      await filled.work();
      const found = await search({ text: 'words', reader: reader(tenant, 'all') });
      expect(found.map(({ passage }) => passage.text)).toEqual(['Second words.']);
    });

    it('gives up on a document that fails for good, with the reason, and takes it again when it is sent again', async () => {
      const tenant = 'dead';
      const document = { tenant, id: 'broken', groups: ['all'], paragraphs: ['Now readable.'] };
      await filled.offer(document);
      const [job] = await filled.index.lease({ worker: 'w', leaseMs: 1_000, limit: 1 });
      await filled.index.fail(job!, 'The PDF is encrypted.');
      expect(await library().get(reader(tenant, 'all'), 'broken')).toMatchObject({
        state: 'failed',
        reason: 'The PDF is encrypted.',
      });
      expect(await filled.index.lease({ worker: 'w', leaseMs: 1_000, limit: 1 })).toEqual([]);
      expect(await filled.offer(document)).toMatchObject({ unchanged: false });
      await filled.work();
      expect(await library().get(reader(tenant, 'all'), 'broken')).toMatchObject({ state: 'indexed', version: 2 });
    });

    it('embeds no text twice', async () => {
      const hash = textHash({ headingPath: [], text: 'Known words.' });
      await filled.put({ tenant: 'known', id: 'k', groups: ['all'], paragraphs: ['Known words.'] });
      expect([...(await filled.index.knownVectors('known', [hash, 'ff'])).keys()]).toEqual([hash]);
      expect((await filled.index.knownVectors('other', [hash])).size).toBe(0);
    });

    it('says what to do when questions are embedded by another model than documents', async () => {
      const retriever = new HybridRetriever({ database: opened.database, embedder: wordEmbedder(16, 'another') });
      await expect(
        retriever.retrieve({ text: 'x', reader: reader('any', 'all'), limit: 1 }, { signal }),
      ).rejects.toMatchObject({
        code: 'configuration',
      });
    });
  });
}
