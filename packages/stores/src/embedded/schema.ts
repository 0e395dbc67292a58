import { SITE_TABLES } from '../site/embedded/schema.ts';

/** One entry per schema version; what has shipped is never edited, only added to. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- The ledger is a journal and a checkpoint. A row of the journal is what one batch did (ledger-events.ts); a checkpoint brings the
  -- scopes and the reservations in force up to date and empties the journal. So a batch costs one short row, however much it touched.
  CREATE TABLE ledger_journal (seq INTEGER PRIMARY KEY, events TEXT NOT NULL);
  CREATE TABLE ledger_checkpoint (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, reservations TEXT NOT NULL);
  INSERT INTO ledger_checkpoint VALUES (1, 0, '[]');
  -- One row per tenant (scope 't') and per key (scope 'k'). counters: see scope-counters.ts.
  CREATE TABLE ledger_scopes (
    tenant TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, counters TEXT NOT NULL,
    PRIMARY KEY (tenant, scope, id)
  ) WITHOUT ROWID;

  -- One row per batch of audit records: a line each, "<hash> <json>".
  CREATE TABLE audit_segments (first INTEGER PRIMARY KEY, lines TEXT NOT NULL);
  CREATE TABLE audit_head (chain TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE api_keys (key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX api_keys_by_tenant ON api_keys (tenant);
  CREATE TABLE tenants (tenant TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE conversations (
    n INTEGER PRIMARY KEY, tenant TEXT NOT NULL, principal TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, model TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, bytes INTEGER NOT NULL,
    UNIQUE (tenant, principal, id)
  );
  CREATE INDEX conversations_newest ON conversations (tenant, principal, updated_at);
  CREATE TABLE conversation_turns (
    conversation INTEGER NOT NULL REFERENCES conversations (n) ON DELETE CASCADE, turn INTEGER NOT NULL, messages TEXT NOT NULL,
    PRIMARY KEY (conversation, turn)
  ) WITHOUT ROWID;
  `,
  SITE_TABLES,
];
