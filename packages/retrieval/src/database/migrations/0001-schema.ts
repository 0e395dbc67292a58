import type { Migration } from './migration.ts';

/** Roles, and what row-level security asks: whose transaction this is. Settings that are absent or empty show nothing. */
export const schema: Migration = {
  version: 1,
  name: 'schema',
  sql: `
CREATE EXTENSION IF NOT EXISTS vector;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['rag_reader', 'rag_writer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOBYPASSRLS', name);
    END IF;
    -- So that a login that is not a superuser may become the roles it made.
    EXECUTE format('GRANT %I TO CURRENT_USER', name);
    -- On Aurora the roles sign in themselves, by IAM.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
      EXECUTE format('ALTER ROLE %I LOGIN', name);
      EXECUTE format('GRANT rds_iam TO %I', name);
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA plinth TO rag_reader, rag_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA plinth REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION plinth.tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('plinth.tenant', true), '');

CREATE FUNCTION plinth.principal() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('plinth.principal', true), '');

-- A JSON list of text. Anything else is an error or empty: no row either way.
CREATE FUNCTION plinth.groups() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN ARRAY(SELECT jsonb_array_elements_text(nullif(current_setting('plinth.groups', true), '')::jsonb));

-- Whether the transaction works on the queue, across tenants.
CREATE FUNCTION plinth.queue() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('plinth.queue', true) = 'on', false);

GRANT EXECUTE ON FUNCTION plinth.tenant(), plinth.principal(), plinth.groups(), plinth.queue() TO rag_reader, rag_writer;
`,
};
