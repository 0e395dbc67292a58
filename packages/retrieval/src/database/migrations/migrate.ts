import type { Database, Sql } from '../../ports/database.ts';
import { schema } from './0001-schema.ts';
import { documents } from './0002-documents.ts';
import { work } from './0003-work.ts';
import { lexical } from './0004-lexical.ts';
import { monitoring } from './0005-monitoring.ts';
import { feedback } from './0006-feedback.ts';
import { jobsByDocument } from './0007-jobs-by-document.ts';
import { monitorRole } from './0008-monitor-role.ts';
import { lexicalCandidates } from './0009-lexical-candidates.ts';
import { feedbackScores } from './0010-feedback-scores.ts';
import type { EmbeddingSpace } from './embedding-space.ts';
import { createSpace, indexSpace, spaces } from './embedding-space.ts';
import type { Migration } from './migration.ts';

const MIGRATIONS: readonly Migration[] = [
  schema,
  documents,
  work,
  lexical,
  monitoring,
  feedback,
  jobsByDocument,
  monitorRole,
  lexicalCandidates,
  feedbackScores,
];
/** "plin": whoever migrates holds it, so that services which start together take turns. */
export const UPKEEP_LOCK = 0x706c696e;
const TIMEOUT_MS = 300_000;

/**
 * Brings the schema up to date, as owner. One transaction a step: what is done stays done, and whoever is stopped goes on where it was. The first
 * embedding space is made too; that of another model later on is for `reembed`.
 */
export async function migrate(
  database: Database,
  options: { readonly embedding: { readonly model: string; readonly dimensions: number } },
): Promise<void> {
  const step = <T>(work: (sql: Sql) => Promise<T>) =>
    database.transaction(
      { role: 'owner' },
      async (sql) => {
        await sql.query('SELECT pg_advisory_xact_lock($1)', [UPKEEP_LOCK]);
        return work(sql);
      },
      { timeoutMs: TIMEOUT_MS },
    );

  const done = await step(async (sql) => {
    await sql.query('CREATE SCHEMA IF NOT EXISTS plinth');
    await sql.query(
      'CREATE TABLE IF NOT EXISTS plinth.migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    return versionOf(sql);
  });
  for (const migration of MIGRATIONS.filter(({ version }) => version > done))
    await step(async (sql) => {
      // Another process may have been here while this one waited for the lock.
      if ((await versionOf(sql)) >= migration.version) return;
      for (const command of commandsOf(migration.sql)) await sql.query(command);
      await sql.query('INSERT INTO plinth.migrations (version, name) VALUES ($1, $2)', [
        migration.version,
        migration.name,
      ]);
    });
  await step(async (sql) => firstSpace(sql, options.embedding));
}

async function versionOf(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM plinth.migrations',
  );
  return row!.version;
}

async function firstSpace(sql: Sql, embedding: Pick<EmbeddingSpace, 'model' | 'dimensions'>): Promise<void> {
  if ((await spaces(sql)).some(({ state }) => state === 'active')) return;
  await indexSpace(sql, await createSpace(sql, { ...embedding, state: 'active' }));
}

/** Commands end with a semicolon at the end of a line, but for those inside `$$ … $$`. */
export function commandsOf(sql: string): string[] {
  const commands: string[] = [];
  let command = '';
  let quoted = false;
  for (const line of sql.split('\n')) {
    command += `${line}\n`;
    if (line.split('$$').length % 2 === 0) quoted = !quoted;
    if (quoted || !line.trimEnd().endsWith(';')) continue;
    commands.push(command.trim());
    command = '';
  }
  if (command.trim() !== '') commands.push(command.trim());
  return commands;
}
