import type { Database } from '../ports/database.ts';
import type { Block } from '../ports/document.ts';
import type { DocumentRecord, Library } from '../ports/document-index.ts';
import type { Reader } from '../ports/retriever.ts';
import type { DocumentRow } from './document-rows.ts';
import { RECORD_COLUMNS, recordFrom } from './document-rows.ts';

const LIMIT = { usual: 50, most: 200 };

/** The reading side of the library, in SQL. No statement here says who may read what: the database does, by row-level security. */
export class SqlLibrary implements Library {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async list(
    reader: Reader,
    { after = '', limit = LIMIT.usual }: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly DocumentRecord[]> {
    const rows = await this.#ask<DocumentRow>(
      reader,
      `SELECT ${RECORD_COLUMNS} FROM plinth.documents WHERE document_id > $1 ORDER BY document_id LIMIT $2`,
      [after, Math.max(1, Math.min(limit, LIMIT.most))],
    );
    return rows.map(recordFrom);
  }

  async get(reader: Reader, documentId: string): Promise<DocumentRecord | undefined> {
    const [row] = await this.#ask<DocumentRow>(
      reader,
      `SELECT ${RECORD_COLUMNS} FROM plinth.documents WHERE document_id = $1`,
      [documentId],
    );
    return row && recordFrom(row);
  }

  async text(
    reader: Reader,
    documentId: string,
    version?: number,
  ): Promise<{ readonly version: number; readonly text: string; readonly blocks: readonly Block[] } | undefined> {
    const [row] = await this.#ask<{ version: number; text: string; blocks: Block[] }>(
      reader,
      `SELECT version, text, blocks FROM plinth.document_texts
       WHERE document_id = $1 AND ($2::integer IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
      [documentId, version ?? null],
    );
    return row;
  }

  async objectKey(reader: Reader, documentId: string): Promise<string | undefined> {
    const [row] = await this.#ask<{ object_key: string }>(
      reader,
      'SELECT object_key FROM plinth.documents WHERE document_id = $1',
      [documentId],
    );
    return row?.object_key;
  }

  #ask<T extends Record<string, unknown>>(
    reader: Reader,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly T[]> {
    return this.#database.transaction(readerSession(reader), (sql) => sql.query<T>(text, values));
  }
}

export function readerSession({ tenant, principal, groups }: Reader) {
  return { role: 'rag_reader', tenant, principal, groups } as const;
}
