import type { Migration } from './migration.ts';

/** Who reads how a tenant's questions change: their vectors and how their answers did, of nobody by name, and no text. */
export const monitorRole: Migration = {
  version: 8,
  name: 'monitor role',
  sql: `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rag_monitor') THEN
    CREATE ROLE rag_monitor NOLOGIN NOINHERIT NOBYPASSRLS;
  END IF;
  GRANT rag_monitor TO CURRENT_USER;
  -- On Aurora it signs in itself, by IAM, as the other roles do.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    ALTER ROLE rag_monitor LOGIN;
    GRANT rds_iam TO rag_monitor;
  END IF;
END $$;

GRANT USAGE ON SCHEMA plinth TO rag_monitor;
GRANT EXECUTE ON FUNCTION plinth.tenant() TO rag_monitor;

GRANT SELECT (n, state) ON plinth.embedding_spaces TO rag_monitor;
CREATE POLICY monitor ON plinth.embedding_spaces FOR SELECT TO rag_monitor USING (true);
GRANT SELECT (id, tenant, space, embedding, answer_embedding, groundedness, abstained, asked_at) ON plinth.question_vectors TO rag_monitor;
CREATE POLICY monitor ON plinth.question_vectors FOR SELECT TO rag_monitor USING (tenant = (SELECT plinth.tenant()));
GRANT SELECT (tenant, rating, created_at) ON plinth.feedback TO rag_monitor;
CREATE POLICY monitor ON plinth.feedback FOR SELECT TO rag_monitor USING (tenant = (SELECT plinth.tenant()));
`,
};
