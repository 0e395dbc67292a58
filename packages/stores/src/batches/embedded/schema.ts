/** One entry per schema version; what has shipped is never edited, only added to. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE files (
    tenant TEXT NOT NULL, id TEXT NOT NULL, purpose TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
  ) WITHOUT ROWID;
  CREATE INDEX files_newest ON files (tenant, created_at, id);

  CREATE TABLE batches (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, created_at INTEGER NOT NULL, deadline INTEGER NOT NULL, ended INTEGER NOT NULL,
    revision INTEGER NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX batches_newest ON batches (tenant, created_at, id);
  CREATE INDEX batches_open ON batches (deadline, id) WHERE ended = 0;

  -- The sums are over the results of the shard, so that progress reads a row a shard. An id is never used again: see results.
  CREATE TABLE shards (
    n INTEGER PRIMARY KEY AUTOINCREMENT, batch TEXT NOT NULL, number INTEGER NOT NULL, records INTEGER NOT NULL, key TEXT NOT NULL,
    token INTEGER NOT NULL DEFAULT 0, beat INTEGER NOT NULL DEFAULT 0, holder TEXT, done INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, nano_usd INTEGER NOT NULL DEFAULT 0,
    UNIQUE (batch, number)
  );
  -- In the order they are read in. The line comes last: whoever asks for ordinals alone does not read long ones.
  CREATE TABLE results (
    shard INTEGER NOT NULL, ordinal INTEGER NOT NULL, failed INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, nano_usd INTEGER NOT NULL, line TEXT NOT NULL,
    PRIMARY KEY (shard, ordinal)
  ) WITHOUT ROWID;
  `,
];
