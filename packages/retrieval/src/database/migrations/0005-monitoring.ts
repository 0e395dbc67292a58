import type { Migration } from './migration.ts';

/** What monitoring compares beside questions: where their answers lie. No text. */
export const monitoring: Migration = {
  version: 5,
  name: 'monitoring',
  sql: `
ALTER TABLE plinth.question_vectors ADD COLUMN answer_id text, ADD COLUMN answer_embedding vector;
`,
};
