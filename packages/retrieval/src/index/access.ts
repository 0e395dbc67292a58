import { spaces, vectorTable } from '../database/migrations/embedding-space.ts';
import type { DocumentKey } from '../ports/document-index.ts';
import type { Sql } from '../ports/database.ts';

/**
 * Takes from every kept text, passage and vector of a document the groups that it no longer has, at once: nobody who lost a document finds it until
 * the new version is indexed. A group that is new gains nothing yet, since what is kept was written for others.
 */
export async function narrowAccess(sql: Sql, key: DocumentKey, groups: readonly string[]): Promise<void> {
  const values = [key.tenant, key.documentId, [...groups]];
  const kept = 'ARRAY(SELECT unnest(groups) INTERSECT SELECT unnest($3::text[]))';
  for (const table of ['plinth.document_texts', 'plinth.passages'])
    await sql.query(
      `UPDATE ${table} SET groups = ${kept} WHERE tenant = $1 AND document_id = $2 AND NOT groups <@ $3::text[]`,
      values,
    );
  for (const { n } of await spaces(sql))
    await sql.query(
      `UPDATE ${vectorTable(n)} AS v SET groups = p.groups FROM plinth.passages p
       WHERE p.id = v.passage_id AND p.tenant = $1 AND p.document_id = $2 AND NOT v.groups <@ $3::text[]`,
      values,
    );
}
