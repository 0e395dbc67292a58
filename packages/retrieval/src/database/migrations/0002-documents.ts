import type { Migration } from './migration.ts';

const READABLE = `tenant = (SELECT plinth.tenant()) AND groups && (SELECT plinth.groups())`;
const WRITABLE = `tenant = (SELECT plinth.tenant())`;

/**
 * Documents, their texts and passages. Row-level security is not forced on the owner: nobody signs in as the owner to answer or to ingest, and the
 * lexical search of 0004 runs as the owner because no full-text index can be used under row-level security.
 */
export const documents: Migration = {
  version: 2,
  name: 'documents',
  sql: `
CREATE TABLE plinth.documents (
  tenant text NOT NULL,
  document_id text NOT NULL,
  version integer NOT NULL,
  indexed_version integer,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'indexed', 'failed')),
  reason text,
  progress jsonb,
  title text NOT NULL,
  uri text,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  content_hash text NOT NULL,
  groups text[] NOT NULL,
  metadata jsonb NOT NULL,
  object_key text NOT NULL,
  -- A deletion is on its way: nobody reads it any more.
  leaving boolean NOT NULL DEFAULT false,
  pages integer,
  passages integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, document_id)
);

CREATE TABLE plinth.document_texts (
  tenant text NOT NULL,
  document_id text NOT NULL,
  version integer NOT NULL,
  groups text[] NOT NULL,
  text text NOT NULL,
  blocks jsonb NOT NULL,
  PRIMARY KEY (tenant, document_id, version),
  FOREIGN KEY (tenant, document_id) REFERENCES plinth.documents ON DELETE CASCADE
);

CREATE TABLE plinth.passages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  document_id text NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  -- Of the lexemes, with repetitions: BM25's document length.
  length integer NOT NULL,
  groups text[] NOT NULL,
  metadata jsonb NOT NULL,
  -- Of title, heading path and text.
  lexemes tsvector NOT NULL,
  heading_path text[] NOT NULL,
  text text NOT NULL,
  -- Of what is embedded, by which vectors are used again.
  text_hash text NOT NULL,
  start_offset integer NOT NULL,
  end_offset integer NOT NULL,
  page_first integer,
  page_last integer,
  tokens integer NOT NULL,
  UNIQUE (tenant, document_id, version, ordinal),
  FOREIGN KEY (tenant, document_id) REFERENCES plinth.documents ON DELETE CASCADE
);
-- Scoring reads lexemes, length and groups of thousands of rows: lexemes stay in the row, and text, which only the passages shown need, leaves it.
ALTER TABLE plinth.passages ALTER COLUMN lexemes SET STORAGE MAIN, ALTER COLUMN text SET STORAGE EXTENDED;
ALTER TABLE plinth.passages SET (toast_tuple_target = 1024);
CREATE INDEX passages_lexemes ON plinth.passages USING gin (lexemes);
CREATE INDEX passages_text_hash ON plinth.passages (tenant, text_hash);

-- How much a tenant has, for the lexical score; and how much it had when its lexemes were counted.
CREATE TABLE plinth.corpora (
  tenant text PRIMARY KEY,
  passages bigint NOT NULL DEFAULT 0,
  length bigint NOT NULL DEFAULT 0,
  counted bigint NOT NULL DEFAULT 0
);

-- In how many passages of a tenant a lexeme is. One that is missing here is in one at most.
CREATE TABLE plinth.lexeme_counts (
  tenant text NOT NULL,
  lexeme text NOT NULL,
  passages integer NOT NULL,
  PRIMARY KEY (tenant, lexeme)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['documents', 'document_texts', 'passages', 'corpora', 'lexeme_counts'] LOOP
    EXECUTE format('ALTER TABLE plinth.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON plinth.%I TO rag_writer', name);
    EXECUTE format('CREATE POLICY writes ON plinth.%I TO rag_writer USING (${WRITABLE}) WITH CHECK (${WRITABLE})', name);
  END LOOP;
  -- Not the counts: a word that only others may read is told by its row.
  FOREACH name IN ARRAY ARRAY['documents', 'document_texts', 'passages'] LOOP
    EXECUTE format('GRANT SELECT ON plinth.%I TO rag_reader', name);
    EXECUTE format('CREATE POLICY reads ON plinth.%I FOR SELECT TO rag_reader USING (${READABLE})', name);
  END LOOP;
END $$;
`,
};
