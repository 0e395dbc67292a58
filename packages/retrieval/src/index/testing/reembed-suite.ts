import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spaces, vectorTable } from '../../database/migrations/embedding-space.ts';
import type { Database } from '../../ports/database.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { SqlDocumentIndex } from '../document-index.ts';
import { HybridRetriever } from '../hybrid-retriever.ts';
import { dropRetiredSpaces, reembed } from '../reembed.ts';
import { FilledIndex } from './filled-index.ts';
import { wordEmbedder } from './word-embedder.ts';

const { signal } = new AbortController();
const READER = { tenant: 'acme', principal: 'ann', groups: ['staff'] };

/** Re-embedding on any database. @param open A database without anything of ours in it. */
export function describeReembedSuite(
  name: string,
  open: () => Promise<{ database: Database; close(): Promise<void> }>,
): void {
  describe(`re-embedding on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let filled: FilledIndex;
    const old = wordEmbedder();
    const next = wordEmbedder(24, 'words-2');
    beforeAll(async () => {
      opened = await open();
      filled = await FilledIndex.open(opened.database);
      for (const tenant of ['acme', 'globex'])
        for (let at = 0; at < 40; at++)
          await filled.offer({
            tenant,
            id: `d${at}`,
            groups: at % 2 ? ['staff'] : ['staff', 'hr'],
            paragraphs: [`Rule ${at} of the house.`, `Note ${at % 5}, written down more than once.`],
          });
      await filled.work();
    });
    afterAll(() => opened.close());

    const owner = <T>(work: Parameters<typeof opened.database.transaction<T>>[1]) =>
      opened.database.transaction({ role: 'owner' }, work);
    const states = async () => (await owner(spaces)).map(({ n, model, state }) => ({ n, model, state }));
    const search = async (embedder: Embedder, standby?: Embedder) =>
      (
        await new HybridRetriever({ database: opened.database, embedder, ...(standby && { standby }) }).retrieve(
          { text: 'rule 7 of the house', reader: READER, limit: 3 },
          { signal },
        )
      ).passages.map(({ passage }) => passage.documentId);

    it('serves from the old space until the new one is whole, goes on after it was stopped, and switches once', async () => {
      const stop = new AbortController();
      let calls = 0;
      const failing: Embedder = {
        ...next,
        embed: async (...args) => {
          if (++calls === 2) stop.abort(new Error('stopped'));
          return next.embed(...args);
        },
      };
      const stopped = reembed({ database: opened.database, embedder: failing, signal: stop.signal });
      await expect(stopped).rejects.toThrow();
      expect(await states()).toEqual([
        { n: 1, model: 'words', state: 'active' },
        { n: 2, model: 'words-2', state: 'building' },
      ]);
      expect((await search(old))[0]).toBe('d7');

      // What comes and changes meanwhile is in the new space as well.
      await filled.put({ tenant: 'acme', id: 'late', groups: ['staff'], paragraphs: ['A rule that came late.'] });
      await filled.offer({ tenant: 'acme', id: 'd0', groups: ['hr'], paragraphs: ['Rule 0 is for fewer people now.'] });

      const totals: number[] = [];
      const { n, passages } = await reembed({
        database: opened.database,
        embedder: next,
        signal,
        onProgress: ({ done, total }) => totals.push(done / total),
      });
      expect(n).toBe(2);
      expect(passages).toBeGreaterThan(0);
      expect(passages).toBeLessThan(161);
      expect(totals.at(-1)).toBe(1);
      expect(await states()).toEqual([
        { n: 1, model: 'words', state: 'retired' },
        { n: 2, model: 'words-2', state: 'active' },
      ]);
      const [missing] = await owner((sql) =>
        sql.query(
          `SELECT count(*) FILTER (WHERE v.passage_id IS NULL)::integer AS without, count(*) FILTER (WHERE v.groups <> p.groups)::integer AS otherwise
           FROM plinth.passages p LEFT JOIN ${vectorTable(2)} v ON v.passage_id = p.id`,
        ),
      );
      expect(missing).toEqual({ without: 0, otherwise: 0 });
      expect((await search(next))[0]).toBe('d7');
      expect(await reembed({ database: opened.database, embedder: next, signal })).toEqual({ n: 2, passages: 0 });
    });

    it('lets a retriever that has both models serve across the switch', async () => {
      expect((await search(old, next))[0]).toBe('d7');
      await expect(search(old)).rejects.toMatchObject({ code: 'configuration' });
    });

    it('refuses vectors of the old model after the switch, and takes those of the new', async () => {
      await expect(filled.index.knownVectors('acme', ['ff'])).rejects.toMatchObject({ code: 'configuration' });
      const index = new SqlDocumentIndex({ database: opened.database, model: next.model });
      expect((await index.knownVectors('acme', ['ff'])).size).toBe(0);
    });

    it('drops the old space when nobody can be in it any more', async () => {
      expect(await dropRetiredSpaces(opened.database, { olderThanMs: 3_600_000 })).toBe(0);
      expect(await dropRetiredSpaces(opened.database, { olderThanMs: 0 })).toBe(1);
      expect(await states()).toEqual([{ n: 2, model: 'words-2', state: 'active' }]);
      await expect(owner((sql) => sql.query(`SELECT FROM ${vectorTable(1)}`))).rejects.toMatchObject({
        code: 'configuration',
      });
      expect((await search(next))[0]).toBe('d7');
    });
  });
}
