import type { Sql } from '../ports/database.ts';
import type { Passage } from '../ports/retriever.ts';

/** A passage, and the hash of what was embedded of it: equal texts have equal hashes. */
export interface FoundPassage {
  readonly passage: Passage;
  readonly textHash: string;
}

interface PassageRow extends Record<string, unknown> {
  id: string;
  document_id: string;
  version: number;
  ordinal: number;
  title: string;
  uri: string | null;
  heading_path: string[];
  text: string;
  text_hash: string;
  start_offset: number;
  end_offset: number;
  page_first: number | null;
  page_last: number | null;
  tokens: number;
  metadata: Record<string, unknown>;
}

/** Passages by id, as far as the transaction's reader may read them. */
export async function readPassages(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, FoundPassage>> {
  const rows = await sql.query<PassageRow>(
    `SELECT p.id, p.document_id, p.version, p.ordinal, d.title, d.uri, p.heading_path, p.text, p.text_hash, p.start_offset, p.end_offset,
       p.page_first, p.page_last, p.tokens, p.metadata
     FROM plinth.passages p JOIN plinth.documents d ON d.tenant = p.tenant AND d.document_id = p.document_id
     WHERE p.id = ANY($1::bigint[])`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [String(row.id), { passage: passageFrom(row), textHash: row.text_hash }]));
}

function passageFrom(row: PassageRow): Passage {
  return {
    id: String(row.id),
    documentId: row.document_id,
    version: row.version,
    ordinal: row.ordinal,
    title: row.title,
    uri: row.uri ?? undefined,
    headingPath: row.heading_path,
    text: row.text,
    start: row.start_offset,
    end: row.end_offset,
    ...(row.page_first !== null && row.page_last !== null && { pages: { first: row.page_first, last: row.page_last } }),
    tokens: row.tokens,
    metadata: row.metadata,
  };
}
