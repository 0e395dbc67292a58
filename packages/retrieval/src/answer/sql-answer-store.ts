import type { AnswerRecord, AnswerStore, Feedback } from '../ports/answer-store.ts';
import type { Database } from '../ports/database.ts';
import type { Reader } from '../ports/retriever.ts';

/** How long an answer can be explained, milliseconds. */
export const ANSWER_LIFE_MS = 30 * 24 * 3_600_000;
/** Answers past their time that one of the same person takes with it. */
const SWEPT = 100;

/** Answers in table `plinth.answers`. No statement here says whose answers may be seen: row-level security does, by tenant and principal. */
export class SqlAnswerStore implements AnswerStore {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(options: { readonly database: Database; readonly now: () => number }) {
    this.#database = options.database;
    this.#now = options.now;
  }

  async put(reader: Reader, answer: AnswerRecord): Promise<void> {
    const { tenant, principal } = reader;
    await this.#database.transaction({ role: 'rag_reader', ...reader }, async (sql) => {
      await sql.query(
        `DELETE FROM plinth.answers WHERE (tenant, id) IN (SELECT tenant, id FROM plinth.answers WHERE expires_at <= $1 LIMIT ${SWEPT})`,
        [this.#time()],
      );
      await sql.query(
        `INSERT INTO plinth.answers (tenant, id, principal, body, created_at, expires_at) VALUES ($1, $2, $3, $4::jsonb, $5, $6)`,
        [
          tenant,
          answer.id,
          principal,
          withoutNulls(answer),
          time(answer.createdAt),
          time(answer.createdAt + ANSWER_LIFE_MS),
        ],
      );
    });
  }

  get(reader: Reader, id: string): Promise<AnswerRecord | undefined> {
    return this.#database.transaction({ role: 'rag_reader', ...reader }, async (sql) => {
      const [row] = await sql.query<{ body: AnswerRecord }>(
        'SELECT body FROM plinth.answers WHERE id = $1 AND expires_at > $2',
        [id, this.#time()],
      );
      return row?.body;
    });
  }

  feedback(reader: Reader, id: string, { rating, comment, at }: Feedback): Promise<boolean> {
    return this.#database.transaction({ role: 'rag_reader', ...reader }, async (sql) => {
      const rows = await sql.query(
        `INSERT INTO plinth.feedback (tenant, answer_id, principal, rating, comment, created_at)
         SELECT tenant, id, principal, $2, $3, $4 FROM plinth.answers WHERE id = $1 AND expires_at > $5
         ON CONFLICT (tenant, answer_id, principal)
         DO UPDATE SET rating = excluded.rating, comment = excluded.comment, created_at = excluded.created_at
         RETURNING answer_id`,
        [id, rating, comment?.replaceAll('\u0000', '') ?? null, time(at), this.#time()],
      );
      return rows.length > 0;
    });
  }

  #time(): string {
    return time(this.#now());
  }
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

/** JSON as PostgreSQL takes it: it has no place for the character U+0000. */
function withoutNulls(answer: AnswerRecord): string {
  return JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\u0000', '') : value,
  );
}
