import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilledIndex, type TestDocument } from '../../index/testing/filled-index.ts';
import type { OpenedDatabase } from '../testing/open-databases.ts';
import { openServerDatabase, openTemporaryDatabase } from '../testing/open-databases.ts';

const DOCUMENTS: readonly TestDocument[] = [
  ...Array.from({ length: 60 }, (_, n) => ({ id: `leave${n}`, words: 'leave form' })),
  ...Array.from({ length: 50 }, (_, n) => ({ id: `travel${n}`, words: 'travel form' })),
  ...Array.from({ length: 3 }, (_, n) => ({ id: `both${n}`, words: 'leave travel form' })),
  ...Array.from({ length: 40 }, (_, n) => ({ id: `pay${n}`, words: `pay form` })),
  { id: 'rare', words: 'sabbatical leave' },
].map(({ id, words }) => ({ id, groups: id === 'both2' ? ['board'] : ['staff'], paragraphs: [`${words} of ${id}`] }));

function describeCandidates(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(`candidates of the lexical search on ${name}`, () => {
    let opened: OpenedDatabase;
    const names = new Map<string, string>();
    beforeAll(async () => {
      opened = await open();
      const filled = await FilledIndex.open(opened.database);
      await filled.put(...DOCUMENTS);
      const rows = await opened.database.transaction({ role: 'owner' }, (sql) =>
        sql.query<{ id: string; document_id: string }>('SELECT id, document_id FROM plinth.passages'),
      );
      for (const { id, document_id } of rows) names.set(String(id), document_id);
    });
    afterAll(() => opened.close());

    async function find(question: string, options: { wanted?: number; budget?: number; groups?: string[] } = {}) {
      const { wanted = 10, budget = 10, groups = ['staff'] } = options;
      const rows = await opened.database.transaction(
        { role: 'rag_reader', tenant: 'acme', principal: 'ann', groups },
        (sql) =>
          sql.query<{ passage_id: string; score: number }>(
            'SELECT passage_id, score FROM plinth.lexical($1, $2, $3, NULL)',
            [question, wanted, budget],
          ),
      );
      return rows.map(({ passage_id, score }) => ({ document: names.get(String(passage_id))!, score }));
    }
    const documents = (found: readonly { document: string }[]) => found.map(({ document }) => document);

    it('are those that have common words together, of a question that has no rare one', async () => {
      const found = documents(await find('leave and travel'));
      expect(found.slice(0, 2).sort()).toEqual(['both0', 'both1']);
      expect(found).toHaveLength(10);
    });

    it('are those of the rarest common word where it meets the others nowhere', async () => {
      const found = documents(await find('pay and leave', { wanted: 5 }));
      expect(found).toHaveLength(5);
      expect(found.every((id) => id.startsWith('pay'))).toBe(true);
    });

    it('are not lost to a word that nobody wrote', async () => {
      expect(documents(await find('zyzzyva leave'))).toHaveLength(10);
      expect(documents(await find('zyzzyva'))).toEqual([]);
    });

    it('are those of a rare word first, and not more than the budget', async () => {
      const found = documents(await find('leave on sabbatical', { wanted: 100 }));
      expect(found[0]).toBe('rare');
      expect(found).toHaveLength(10);
    });

    it('are what the reader may read', async () => {
      expect(documents(await find('leave and travel', { groups: ['board'] }))).toEqual(['both2']);
      expect(await find('leave and travel', { groups: [] })).toEqual([]);
    });

    it('have the score that they have among all', async () => {
      for (const question of ['leave and travel', 'leave on sabbatical', 'forms of pay']) {
        const all = await find(question, { wanted: 1_000, budget: 20_000 });
        const scores = new Map(all.map(({ document, score }) => [document, score]));
        for (const { document, score } of await find(question)) expect(score).toBeCloseTo(scores.get(document)!, 9);
      }
    });
  });
}

describeCandidates('PGlite', openTemporaryDatabase);

const server = process.env['PLINTH_PG_URL'];
if (server !== undefined) describeCandidates('a PostgreSQL server', () => openServerDatabase(server));
