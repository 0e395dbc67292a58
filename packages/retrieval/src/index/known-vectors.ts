import { PlatformError } from '@plinth/contracts';
import type { EmbeddingSpace } from '../database/migrations/embedding-space.ts';
import { spaces, vectorTable } from '../database/migrations/embedding-space.ts';
import type { Sql } from '../ports/database.ts';
import { vectorFrom } from './values.ts';

/** The active space, which the writer's model must be that of. */
export async function spaceToWrite(sql: Sql, model: string): Promise<EmbeddingSpace> {
  const active = (await spaces(sql)).find(({ state }) => state === 'active');
  if (!active) throw new PlatformError('configuration', 'The index has no embedding space. Run the migrations.');
  if (active.model !== model)
    throw new PlatformError(
      'configuration',
      `The index is in the embedding space of "${active.model}", and this service embeds by "${model}". Set that model, or re-embed the index.`,
    );
  return active;
}

export async function knownVectors(
  sql: Sql,
  options: { readonly tenant: string; readonly textHashes: readonly string[]; readonly model: string },
): Promise<ReadonlyMap<string, Float32Array>> {
  const { n } = await spaceToWrite(sql, options.model);
  const rows = await sql.query<{ text_hash: string; embedding: string }>(
    `SELECT DISTINCT ON (p.text_hash) p.text_hash, v.embedding::text AS embedding
     FROM plinth.passages p JOIN ${vectorTable(n)} v ON v.passage_id = p.id
     WHERE p.tenant = $1 AND p.text_hash = ANY($2::text[]) ORDER BY p.text_hash, p.id`,
    [options.tenant, [...options.textHashes]],
  );
  return new Map(rows.map(({ text_hash, embedding }) => [text_hash, vectorFrom(embedding)]));
}
