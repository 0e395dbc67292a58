import type { Migration } from './migration.ts';

/** Every version that is accepted or completed looks up the jobs of its document, ended ones too. */
export const jobsByDocument: Migration = {
  version: 7,
  name: 'jobs by document',
  sql: `CREATE INDEX jobs_document ON plinth.jobs (tenant, document_id);`,
};
