/** Tables of a site, beside ledger and audit log, since they change with them. */
export const SITE_TABLES = `
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, principal TEXT NOT NULL, model TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting', created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER,
    idempotency_key TEXT, idempotency_hash TEXT, error_code TEXT, error_message TEXT
  );
  CREATE UNIQUE INDEX outbox_names ON outbox (tenant, principal, idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX outbox_waiting ON outbox (n) WHERE status = 'waiting';
  CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX outbox_newest ON outbox (tenant, principal, n);
  CREATE TABLE outbox_depth (one INTEGER PRIMARY KEY CHECK (one = 1), items INTEGER NOT NULL);
  INSERT INTO outbox_depth VALUES (1, 0);
  -- Apart, so that a list reads no long texts. The request goes when the answer comes.
  CREATE TABLE outbox_texts (n INTEGER PRIMARY KEY, request TEXT, identity TEXT, response TEXT);

  -- What ended requests came to and no report has told yet.
  CREATE TABLE report_usage (
    tenant TEXT NOT NULL, key TEXT NOT NULL, day INTEGER NOT NULL, requests INTEGER NOT NULL, tokens INTEGER NOT NULL, nano_usd INTEGER NOT NULL,
    PRIMARY KEY (tenant, key, day)
  ) WITHOUT ROWID;
  -- Written down and not yet taken; and how far the last one reached.
  CREATE TABLE reports (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE report_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, audit INTEGER NOT NULL);
  INSERT INTO report_cursor VALUES (1, 0, 0);
`;
