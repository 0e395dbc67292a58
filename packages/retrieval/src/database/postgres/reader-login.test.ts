import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilledIndex } from '../../index/testing/filled-index.ts';
import type { Database, DatabaseSession } from '../../ports/database.ts';
import type { OpenedDatabase } from '../testing/open-databases.ts';
import { openServerDatabase } from '../testing/open-databases.ts';
import { openPostgresDatabase } from './open.ts';

const server = process.env['PLINTH_PG_URL'];

/** As in Aurora, where the service signs in as its role: what a statement could still do that was slipped into a session. */
describe.skipIf(server === undefined)('a login that is the reader and nothing else', () => {
  const login = `plinth_test_${randomBytes(6).toString('hex')}`;
  const session: DatabaseSession = { role: 'rag_reader', tenant: 'acme', principal: 'ann', groups: ['staff'] };
  let opened: OpenedDatabase;
  let reader: Database;
  beforeAll(async () => {
    opened = await openServerDatabase(server!);
    const filled = await FilledIndex.open(opened.database);
    await filled.put(
      { id: 'open', groups: ['staff'], paragraphs: ['Open to the staff.'] },
      { id: 'closed', groups: ['board'], paragraphs: ['Closed but for the board.'] },
    );
    const [here] = await opened.database.transaction({ role: 'owner' }, async (sql) => {
      await sql.query(`CREATE ROLE ${login} LOGIN NOINHERIT IN ROLE rag_reader`);
      return sql.query<{ name: string }>('SELECT current_database() AS name');
    });
    const url = new URL(server!);
    url.username = login;
    url.pathname = `/${here!.name}`;
    reader = openPostgresDatabase({ target: { kind: 'url', url: url.href } });
  });
  afterAll(async () => {
    await reader.close();
    await opened.database.transaction({ role: 'owner' }, (sql) => sql.query(`DROP ROLE ${login}`));
    await opened.close();
  });

  it('reads what its groups allow', async () => {
    const rows = await reader.transaction(session, (sql) => sql.query('SELECT document_id FROM plinth.passages'));
    expect(rows).toEqual([{ document_id: 'open' }]);
  });

  it.each([
    'SET ROLE rag_writer',
    'SET ROLE postgres',
    'SET SESSION AUTHORIZATION postgres',
    'ALTER ROLE CURRENT_USER BYPASSRLS',
    'GRANT rag_writer TO CURRENT_USER',
    'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$; ALTER FUNCTION pg_temp.f() OWNER TO postgres',
  ])('cannot rise by %s', async (statement) => {
    await expect(reader.transaction(session, (sql) => sql.query(statement))).rejects.toThrow();
  });

  it('has nothing left when it resets its role', async () => {
    const refused = reader.transaction(session, async (sql) => {
      await sql.query('RESET ROLE');
      return sql.query('SELECT document_id FROM plinth.passages');
    });
    await expect(refused).rejects.toMatchObject({ code: 'configuration' });
  });

  it('is shown an error or nothing when it switches row-level security off', async () => {
    const refused = reader.transaction(session, async (sql) => {
      await sql.query('SET LOCAL row_security = off');
      return sql.query('SELECT document_id FROM plinth.passages');
    });
    await expect(refused).rejects.toThrow();
  });
});
