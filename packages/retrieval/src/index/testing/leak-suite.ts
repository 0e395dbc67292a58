import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spaces, vectorTable } from '../../database/migrations/embedding-space.ts';
import type { Database, Row, Sql } from '../../ports/database.ts';
import type { Reader } from '../../ports/retriever.ts';
import { HybridRetriever } from '../hybrid-retriever.ts';
import { SqlLibrary } from '../library.ts';
import { FilledIndex, type TestDocument } from './filled-index.ts';

const { signal } = new AbortController();
const TENANTS = ['acme', 'globex', "o'neil"];
const GROUPS = ['staff', 'hr', 'board', 'it', 'group, with "quotes"', '{}'];
const WORDS =
  'annual leave plan budget merger salary travel server access door key code report board office train'.split(' ');
const DOCUMENTS = 60;
const CORPORA = 4;

const words = (least: number, most: number) =>
  fc.array(fc.constantFrom(...WORDS), { minLength: least, maxLength: most }).map((list) => list.join(' '));
const groups = (least: number) => fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: least, maxLength: 3 });
const document = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  groups: groups(1),
  paragraphs: fc.array(words(3, 12), { minLength: 1, maxLength: 3 }),
  metadata: fc.record({ kind: fc.constantFrom('plan', 'rule') }),
});
const reader = fc.record({
  tenant: fc.constantFrom(...TENANTS, 'nobody', ''),
  principal: fc.constant('ann'),
  groups: fc.oneof(groups(0), fc.constant(['%']), fc.constant(['staff,hr']), fc.constant([''])),
});
const question = fc.record({
  reader,
  text: fc.oneof(words(1, 6), fc.constantFrom("' OR true --", 'a | b & !c', '')),
  method: fc.constantFrom('hybrid', 'lexical', 'dense'),
  limit: fc.integer({ min: 1, max: 100 }),
  filter: fc.option(fc.record({ kind: fc.constantFrom('plan', 'rule', 'none') }), { nil: undefined }),
} as const);

/** What no search may ever do: show a row outside the tenant and groups of whoever asks. @param searches In all. */
export function describeLeakSuite(
  name: string,
  open: () => Promise<{ database: Database; close(): Promise<void> }>,
  searches: number,
): void {
  describe(`nothing leaks from the index on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let filled: FilledIndex;
    const now = new Map<string, TestDocument>();
    beforeAll(async () => {
      opened = await open();
      filled = await FilledIndex.open(opened.database);
    });
    afterAll(() => opened.close());

    const key = (tenant: string, id: string) => JSON.stringify([tenant, id]);
    const mayRead = (who: Reader, id: string) =>
      now.get(key(who.tenant, id))?.groups.some((group) => who.groups.includes(group)) ?? false;
    const asReader = <T>(who: Reader, work: (sql: Sql) => Promise<T>) =>
      opened.database.transaction({ role: 'rag_reader', ...who }, work);

    it(`in ${searches} searches of ${CORPORA} corpora, whose documents change their groups in between`, async () => {
      const retriever = new HybridRetriever({ database: opened.database, embedder: filled.embedder });
      const library = new SqlLibrary({ database: opened.database });
      let found = 0;
      let seed = 7;
      for (let corpus = 0; corpus < CORPORA; corpus++) {
        const [documents] = fc.sample(fc.array(document, { minLength: DOCUMENTS, maxLength: DOCUMENTS }), {
          seed: 1_000 + corpus,
          numRuns: 1,
        });
        // The same ids again: each round replaces what the one before put there.
        const put = documents!.map((one, index) => ({ ...one, id: `d${index}`, tenant: TENANTS[index % 3]! }));
        for (const one of put) {
          await filled.offer(one);
          now.set(key(one.tenant, one.id), one);
        }
        // Half of them are only offered yet while the first searches run.
        await check(searches / CORPORA / 10);
        await filled.work();
        await check((searches / CORPORA) * 0.9);
      }
      expect(found).toBeGreaterThan(searches / 10);

      async function check(runs: number) {
        await fc.assert(
          fc.asyncProperty(question, async (query) => {
            const { passages } = await retriever.retrieve(query, { signal });
            for (const { passage } of passages) expect(mayRead(query.reader, passage.documentId)).toBe(true);
            found += passages.length;
          }),
          { numRuns: Math.round(runs), seed: seed++ },
        );
        await fc.assert(
          fc.asyncProperty(reader, async (who) => {
            for (const { documentId } of await library.list(who, { limit: 200 }))
              expect(mayRead(who, documentId)).toBe(true);
            for (const { id } of now.values()) {
              if (mayRead(who, id)) continue;
              expect(await library.get(who, id)).toBeUndefined();
              expect(await library.text(who, id)).toBeUndefined();
              expect(await library.objectKey(who, id)).toBeUndefined();
              break;
            }
          }),
          { numRuns: 20, seed: 7 },
        );
      }
    });

    it('by direct SQL as the role that answers: every table, joins, functions and forged settings', async () => {
      const [space] = await opened.database.transaction({ role: 'owner' }, spaces);
      const vectors = vectorTable(space!.n);
      await fc.assert(
        fc.asyncProperty(reader, async (who) => {
          const may = (rows: readonly Row[]) =>
            rows.forEach((row) => expect(mayRead(who, String(row['document_id']))).toBe(true));
          await asReader(who, async (sql) => {
            for (const table of ['documents', 'document_texts', 'passages'])
              may(await sql.query(`SELECT tenant, document_id FROM plinth.${table} WHERE true OR tenant = 'acme'`));
            may(
              await sql.query(`SELECT p.document_id FROM ${vectors} v JOIN plinth.passages p ON p.id = v.passage_id`),
            );
            may(
              await sql.query(
                `SELECT p.document_id FROM plinth.passages p RIGHT JOIN plinth.document_texts t USING (tenant, document_id) WHERE p.id IS NOT NULL`,
              ),
            );
            const visible = await sql.query<{ id: string }>('SELECT id FROM plinth.passages');
            const shown = new Set(visible.map(({ id }) => String(id)));
            const everything = Array.from({ length: 2_000 }, (_, id) => id + 1);
            for (const row of [
              ...(await sql.query(`SELECT passage_id FROM ${vectors}`)),
              ...(await sql.query(`SELECT passage_id FROM plinth.lexical($1, 1000, 20000, NULL)`, [WORDS.join(' ')])),
              ...(await sql.query(`SELECT passage_id FROM plinth.lexical_feedback($1, $2::bigint[], $3::bigint[])`, [
                WORDS.join(' '),
                everything.slice(0, 100),
                everything,
              ])),
            ])
              expect(shown.has(String(row['passage_id']))).toBe(true);
          });
        }),
        { numRuns: 30, seed: 7 },
      );
    });

    it('by a role that tries to become another, to write, or to read what is kept beside the documents', async () => {
      const who = { tenant: 'acme', principal: 'ann', groups: ['staff'] };
      for (const statement of [
        'SELECT * FROM plinth.lexeme_counts',
        'SELECT * FROM plinth.corpora',
        'SELECT * FROM plinth.jobs',
        `UPDATE plinth.passages SET groups = '{staff}'`,
        'DELETE FROM plinth.documents',
        `INSERT INTO plinth.documents (tenant, document_id) VALUES ('acme', 'x')`,
        'ALTER TABLE plinth.passages DISABLE ROW LEVEL SECURITY',
        'DROP TABLE plinth.passages',
        'CREATE FUNCTION plinth.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      ])
        await expect(
          asReader(who, (sql) => sql.query(statement)),
          statement,
        ).rejects.toThrow();
    });

    it('without settings, or with settings that are no list', async () => {
      const who = { tenant: 'acme', principal: 'ann', groups: GROUPS };
      await asReader(who, async (sql) => {
        expect((await sql.query('SELECT id FROM plinth.passages')).length).toBeGreaterThan(0);
        for (const [setting, value] of [
          ['plinth.tenant', ''],
          ['plinth.tenant', 'acme%'],
          ['plinth.groups', ''],
          ['plinth.groups', '[]'],
        ]) {
          await sql.query('SELECT set_config($1, $2, true)', [setting, value]);
          expect(await sql.query('SELECT id FROM plinth.passages')).toEqual([]);
          expect(await sql.query(`SELECT * FROM plinth.lexical('leave', 10, 100, NULL)`)).toEqual([]);
          await sql.query(`SELECT set_config('plinth.tenant', 'acme', true), set_config('plinth.groups', $1, true)`, [
            JSON.stringify(GROUPS),
          ]);
        }
      });
      for (const value of ['staff', '{"a":1}', '["staff"'])
        await expect(
          asReader(who, async (sql) => {
            await sql.query(`SELECT set_config('plinth.groups', $1, true)`, [value]);
            return sql.query('SELECT id FROM plinth.passages');
          }),
        ).rejects.toThrow();
    });
  });
}
