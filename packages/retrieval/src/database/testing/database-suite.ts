import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, DatabaseSession, Sql } from '../../ports/database.ts';
import { migrate } from '../migrations/index.ts';

const READER: DatabaseSession = { role: 'rag_reader', tenant: 'acme', principal: 'ann', groups: ['staff', `o'"{}\\`] };
const OWNER: DatabaseSession = { role: 'owner' };

/** What every adapter of the `Database` port has to do. @param open A database without anything of ours in it. */
export function describeDatabaseSuite(
  name: string,
  open: () => Promise<{ database: Database; close(): Promise<void> }>,
): void {
  describe(`the database on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let database: Database;
    beforeAll(async () => {
      opened = await open();
      database = opened.database;
      // Side by side, as two services that start together.
      const embedding = { model: 'm', dimensions: 4 };
      await Promise.all([migrate(database, { embedding }), migrate(database, { embedding })]);
      await migrate(database, { embedding });
      await owner((sql) => sql.query('CREATE TABLE public.notes (id integer PRIMARY KEY, text text)'));
    });
    afterAll(() => opened.close());

    const owner = <T>(work: (sql: Sql) => Promise<T>) => database.transaction(OWNER, work);
    const notes = () => owner((sql) => sql.query('SELECT id, text FROM public.notes ORDER BY id'));
    const clear = () => owner((sql) => sql.query('DELETE FROM public.notes'));

    it('has each migration once and one active embedding space, however often and by how many it is migrated', async () => {
      const [row] = await owner((sql) =>
        sql.query(
          `SELECT (SELECT array_agg(version ORDER BY version) FROM plinth.migrations) AS versions,
                  (SELECT count(*) FROM plinth.embedding_spaces) AS spaces`,
        ),
      );
      const versions = row!['versions'] as number[];
      expect(versions).toEqual(versions.map((_, index) => index + 1));
      expect(row!['spaces']).toBe('1');
    });

    it('has row-level security on every table that a working role may touch', async () => {
      const open = await owner((sql) =>
        sql.query(
          `SELECT relname FROM pg_class c WHERE relnamespace = 'plinth'::regnamespace AND relkind = 'r' AND NOT relrowsecurity
             AND (has_table_privilege('rag_reader', oid, 'SELECT') OR has_table_privilege('rag_writer', oid, 'SELECT'))`,
        ),
      );
      expect(open).toEqual([]);
    });

    it('keeps search paths of functions that run as the owner fixed, and lets only the reader call them', async () => {
      const functions = await owner((sql) =>
        sql.query(
          `SELECT proname, proconfig::text AS config, has_function_privilege('rag_writer', oid, 'EXECUTE') AS writer
           FROM pg_proc WHERE pronamespace = 'plinth'::regnamespace AND prosecdef`,
        ),
      );
      expect(functions.length).toBeGreaterThan(0);
      for (const { config, writer } of functions) {
        expect(config).toContain('search_path=pg_catalog, pg_temp');
        expect(writer).toBe(false);
      }
    });

    it('runs as the role, with settings that end with the transaction', async () => {
      const ask = `SELECT current_user AS role, plinth.tenant() AS tenant, plinth.groups() AS groups, plinth.principal() AS principal, plinth.queue() AS queue`;
      const as = async (session: DatabaseSession) => (await database.transaction(session, (sql) => sql.query(ask)))[0];
      expect(await as(READER)).toEqual({
        role: 'rag_reader',
        tenant: 'acme',
        groups: ['staff', `o'"{}\\`],
        principal: 'ann',
        queue: false,
      });
      const nobody = { groups: [], principal: null };
      expect(await as({ role: 'rag_writer', tenant: undefined })).toEqual({
        ...nobody,
        role: 'rag_writer',
        tenant: null,
        queue: true,
      });
      expect(await as(OWNER)).toMatchObject({ ...nobody, tenant: null, queue: false });
    });

    it('gives values back as node-postgres does', async () => {
      const [row] = await owner((sql) =>
        sql.query(
          `SELECT 9007199254740993::bigint AS big, $1::text[] AS texts, $2::jsonb AS json, '2026-01-02T03:04:05Z'::timestamptz AS at,
                  $3::integer AS n, 0.5::double precision AS half, NULL::text AS none, '[1,2]'::vector::text AS vector`,
          [['a', 'b"\\', 'c,d', ''], JSON.stringify({ a: [1, null] }), 7],
        ),
      );
      expect(row).toEqual({
        big: '9007199254740993',
        texts: ['a', 'b"\\', 'c,d', ''],
        json: { a: [1, null] },
        at: new Date('2026-01-02T03:04:05Z'),
        n: 7,
        half: 0.5,
        none: null,
        vector: '[1,2]',
      });
    });

    it('commits what resolves and rolls back what throws, and throws it', async () => {
      await clear();
      await owner((sql) => sql.query('INSERT INTO public.notes VALUES (1, $1)', ['kept']));
      const failure = new Error('mine');
      const failed = owner(async (sql) => {
        await sql.query('INSERT INTO public.notes VALUES (2, NULL)');
        throw failure;
      });
      await expect(failed).rejects.toBe(failure);
      expect(await notes()).toEqual([{ id: 1, text: 'kept' }]);
    });

    it('never reports success for a transaction with a statement that failed, even where the work went on', async () => {
      await clear();
      const swallowed = owner(async (sql) => {
        await sql.query('INSERT INTO public.notes VALUES (1, NULL)');
        await sql.query('SELECT 1 / 0').catch(() => undefined);
        return 'done';
      });
      await expect(swallowed).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await notes()).toEqual([]);
    });

    it('runs statements that are asked side by side one after another, and none once the transaction is over', async () => {
      let kept: Sql | undefined;
      const rows = await owner((sql) => {
        kept = sql;
        return Promise.all([1, 2, 3].map((n) => sql.query('SELECT $1::integer AS n', [n])));
      });
      expect(rows.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      await expect(kept!.query('SELECT 1')).rejects.toMatchObject({ code: 'internal' });
    });

    it('takes one command per statement, so that a text can carry no second one', async () => {
      await expect(owner((sql) => sql.query('SELECT 1; SELECT 2', [1]))).rejects.toThrow();
    });

    it('says what a failure means without the words of the database', async () => {
      const refusal = async (session: DatabaseSession, text: string, values: unknown[] = []) =>
        database
          .transaction(session, (sql) => sql.query(text, values))
          .then(
            () => 'done',
            (error: { code: string; message: string }) => error,
          );
      expect(await refusal(READER, 'DELETE FROM plinth.documents')).toMatchObject({ code: 'configuration' });
      expect(await refusal(OWNER, 'SELECT FROM plinth.nowhere')).toMatchObject({ code: 'configuration' });
      const noText = await refusal(OWNER, 'SELECT $1::jsonb', ['{"secret": "\\u0000"}']);
      expect(noText).toMatchObject({ code: 'invalid_request' });
      expect((noText as { message: string }).message).not.toContain('secret');
    });

    it('stops what takes too long, and goes on working', { timeout: 60_000 }, async () => {
      await clear();
      const slow = database.transaction(
        OWNER,
        async (sql) => {
          await sql.query('INSERT INTO public.notes VALUES (1, NULL)');
          await sql.query('SELECT count(*) FROM generate_series(1, 3000000000::bigint)');
        },
        { timeoutMs: 300 },
      );
      await expect(slow).rejects.toMatchObject({ code: 'storage_failed', retryable: true });
      expect(await notes()).toEqual([]);
    });

    it('stops work that never ends by itself', async () => {
      const stuck = database.transaction(OWNER, () => new Promise(() => undefined), { timeoutMs: 200 });
      await expect(stuck).rejects.toMatchObject({ code: 'storage_failed' });
      expect(await owner((sql) => sql.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    });

    it('does nothing for somebody who left before it began, and nothing more for who leaves between statements', async () => {
      await clear();
      const reason = new Error('left');
      await expect(
        database.transaction(OWNER, (sql) => sql.query('INSERT INTO public.notes VALUES (1, NULL)'), {
          signal: AbortSignal.abort(reason),
        }),
      ).rejects.toBe(reason);
      const leaving = new AbortController();
      const left = database.transaction(
        OWNER,
        async (sql) => {
          await sql.query('INSERT INTO public.notes VALUES (2, NULL)');
          leaving.abort(reason);
          return sql.query('INSERT INTO public.notes VALUES (3, NULL)');
        },
        { signal: leaving.signal },
      );
      await expect(left).rejects.toBe(reason);
      expect(await notes()).toEqual([]);
    });

    it('finds term frequencies back from ts_rank, as the positions of the lexeme count them', async () => {
      const words = fc.array(fc.constantFrom('cat', 'dog', 'emu', 'fox'), { minLength: 1, maxLength: 300 });
      await fc.assert(
        fc.asyncProperty(words, async (text) => {
          const rows = await owner((sql) =>
            sql.query<{ counted: number; found: number }>(
              `SELECT cardinality(u.positions) AS counted, plinth.term_frequency(t.v, plinth.lexeme_query(u.lexeme)) AS found
               FROM (SELECT to_tsvector('simple', $1) AS v) t CROSS JOIN LATERAL unnest(t.v) AS u`,
              [text.join(' ')],
            ),
          );
          for (const { counted, found } of rows) expect(found).toBe(counted);
        }),
        { numRuns: 60 },
      );
    });

    it('makes a query of any lexeme that finds that lexeme and nothing else', async () => {
      const lexeme = fc.string({ unit: fc.constantFrom(...`ab'"\\:*&|!<>()-é `), minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(lexeme, lexeme, async (one, other) => {
          const [row] = await owner((sql) =>
            sql.query(
              `SELECT array_to_tsvector(ARRAY[$1]) @@ plinth.lexeme_query($1) AS itself, array_to_tsvector(ARRAY[$2]) @@ plinth.lexeme_query($1) AS other`,
              [one, other],
            ),
          );
          expect(row).toEqual({ itself: true, other: one === other });
        }),
        { numRuns: 100 },
      );
    });
  });
}
