import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Database } from '../../ports/database.ts';
import { openEmbeddedDatabase } from '../embedded/index.ts';
import { openPostgresDatabase } from '../postgres/index.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** Closes it and removes what it kept. */
  close(): Promise<void>;
}

/** An embedded database of its own. */
export async function openTemporaryDatabase(): Promise<OpenedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-index-'));
  const database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 64 });
  return {
    database,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A new database on a PostgreSQL server. @param serverUrl `postgres://…` of a superuser. */
export async function openServerDatabase(serverUrl: string): Promise<OpenedDatabase> {
  const name = `plinth_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = openPostgresDatabase({ target: { kind: 'url', url: url.href } });
  return {
    database,
    async close() {
      await database.close();
      await asAdmin(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
