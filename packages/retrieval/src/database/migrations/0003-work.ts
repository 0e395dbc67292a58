import type { Migration } from './migration.ts';

/** The queue of ingest, embedding spaces, and what answers leave behind. */
export const work: Migration = {
  version: 3,
  name: 'work',
  sql: `
CREATE TABLE plinth.jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  document_id text NOT NULL,
  version integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('put', 'delete')),
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
  attempt integer NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  worker text,
  -- When it may be leased: put off until then, or held until then.
  due_at timestamptz NOT NULL,
  reason text,
  offer jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX jobs_due ON plinth.jobs (due_at, id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_open ON plinth.jobs (tenant, document_id) WHERE state IN ('queued', 'running');
ALTER TABLE plinth.jobs ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON plinth.jobs TO rag_writer;
CREATE POLICY writes ON plinth.jobs TO rag_writer
  USING (tenant = (SELECT plinth.tenant()) OR (SELECT plinth.queue())) WITH CHECK (tenant = (SELECT plinth.tenant()) OR (SELECT plinth.queue()));

-- Each has a table vectors_<n> and an HNSW index of its own.
CREATE TABLE plinth.embedding_spaces (
  n integer PRIMARY KEY,
  model text NOT NULL,
  dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 2000),
  state text NOT NULL CHECK (state IN ('building', 'active', 'retired')),
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX embedding_spaces_active ON plinth.embedding_spaces (state) WHERE state <> 'retired';
ALTER TABLE plinth.embedding_spaces ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON plinth.embedding_spaces TO rag_reader, rag_writer;
CREATE POLICY everybody ON plinth.embedding_spaces FOR SELECT TO rag_reader, rag_writer USING (true);

CREATE TABLE plinth.answers (
  tenant text NOT NULL,
  id text NOT NULL,
  principal text NOT NULL,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX answers_expiry ON plinth.answers (expires_at);
CREATE TABLE plinth.feedback (
  tenant text NOT NULL,
  answer_id text NOT NULL,
  principal text NOT NULL,
  rating text NOT NULL CHECK (rating IN ('up', 'down')),
  comment text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, answer_id, principal)
);
CREATE TABLE plinth.question_vectors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  principal text NOT NULL,
  space integer NOT NULL,
  embedding vector NOT NULL,
  groundedness real,
  abstained boolean NOT NULL DEFAULT false,
  asked_at timestamptz NOT NULL
);
CREATE INDEX question_vectors_time ON plinth.question_vectors (tenant, asked_at);

DO $$
DECLARE
  name text;
  own constant text := 'tenant = (SELECT plinth.tenant()) AND principal = (SELECT plinth.principal())';
BEGIN
  FOREACH name IN ARRAY ARRAY['answers', 'feedback', 'question_vectors'] LOOP
    EXECUTE format('ALTER TABLE plinth.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON plinth.%I TO rag_reader', name);
    EXECUTE format('CREATE POLICY own ON plinth.%I TO rag_reader USING (%s) WITH CHECK (%s)', name, own, own);
  END LOOP;
  -- For monitoring and for what has run its time; an answer's content stays its asker's.
  FOREACH name IN ARRAY ARRAY['feedback', 'question_vectors'] LOOP
    EXECUTE format('GRANT SELECT, DELETE ON plinth.%I TO rag_writer', name);
    EXECUTE format('CREATE POLICY upkeep ON plinth.%I TO rag_writer USING (tenant = (SELECT plinth.tenant()))', name);
  END LOOP;
END $$;
`,
};
