import { Signer } from '@aws-sdk/rds-signer';
import type { DatabaseReference } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { migrate } from '../database/migrations/index.ts';
import { openPostgresDatabase } from '../database/postgres/index.ts';
import { monitor } from '../monitor/index.ts';
import type { Database } from '../ports/database.ts';
import { startLocalAurora, type LocalAurora } from './testing/local-aurora.ts';

let aurora: LocalAurora;
let owner: Database;
const opened: Database[] = [];

/** As its function does: by IAM, over TLS that is verified. */
function signedIn(user: string): Database {
  const database = openPostgresDatabase({
    target: { kind: 'iam', reference: reference(user), region: 'us-east-1', ca: aurora.authority },
    connections: 2,
  });
  opened.push(database);
  return database;
}
const reference = (user: string): DatabaseReference => ({ ...aurora, user });

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDLOCAL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  aurora = await startLocalAurora();
  owner = openPostgresDatabase({
    target: {
      kind: 'password',
      reference: reference(aurora.master.username),
      password: () => Promise.resolve(aurora.master.password),
      ca: aurora.authority,
    },
  });
  opened.push(owner);
  await migrate(owner, { embedding: { model: 'words', dimensions: 2 } });
});
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await aurora.close();
  vi.unstubAllEnvs();
});

describe('on Aurora', () => {
  it('migrations make roles that sign in by IAM, each for its own work', async () => {
    const roles = ['rag_reader', 'rag_writer', 'rag_monitor'] as const;
    for (const role of roles) {
      const session = role === 'rag_reader' ? { role, tenant: 'a', principal: 'p', groups: [] } : { role, tenant: 'a' };
      const [row] = await signedIn(role).transaction(session, (sql) => sql.query('SELECT current_user::text AS name'));
      expect(row).toEqual({ name: role });
    }
    expect(aurora.signedIn).toEqual(expect.arrayContaining([...roles, 'plinth_master']));
  });

  it('the monitor reads numbers of its tenant, and neither who asked, nor what was said, nor a document', async () => {
    const database = signedIn('rag_monitor');
    expect(await monitor(database, { tenant: 'acme', now: Date.now() })).toMatchObject({ present: { questions: 0 } });
    for (const text of [
      'SELECT principal FROM plinth.question_vectors',
      'SELECT comment FROM plinth.feedback',
      'SELECT * FROM plinth.passages',
      'SELECT * FROM plinth.answers',
      'DELETE FROM plinth.question_vectors',
      `UPDATE plinth.embedding_spaces SET state = 'retired'`,
    ])
      await expect(
        database.transaction({ role: 'rag_monitor', tenant: 'acme' }, (sql) => sql.query(text)),
        text,
      ).rejects.toMatchObject({ code: 'configuration' });
  });

  it.each([
    ['a password in place of a token', 'rag_reader', () => Promise.resolve('secret')],
    ['the token of another user', 'rag_writer', () => tokenOf('rag_reader')],
    ['the wrong password of the owner', 'plinth_master', () => Promise.resolve('secret')],
  ])('nobody gets in with %s', async (_, user, password) => {
    const target = { kind: 'password', reference: reference(user), password, ca: aurora.authority } as const;
    const database = openPostgresDatabase({ target });
    opened.push(database);
    await expect(database.transaction({ role: 'owner' }, () => Promise.resolve())).rejects.toThrow();
  });

  it('a server that nobody vouches for is not spoken to', async () => {
    const database = openPostgresDatabase({
      target: { kind: 'iam', reference: reference('rag_reader'), region: 'us-east-1' },
    });
    opened.push(database);
    await expect(database.transaction({ role: 'owner' }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'storage_failed',
    });
  });
});

function tokenOf(username: string): Promise<string> {
  return new Signer({ hostname: aurora.host, port: aurora.port, username, region: 'us-east-1' }).getAuthToken();
}
