import { timeText, vectorText } from '../index/values.ts';
import type { AnswerRecord } from '../ports/answer-store.ts';
import type { Database } from '../ports/database.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Reader } from '../ports/retriever.ts';

/** One question as monitoring keeps it: where it and its answer lie, and how the answer did. No text of either. */
export interface MonitoredAnswer {
  readonly answerId: string;
  readonly question: Float32Array;
  /** Absent where there was no answer, or it was not embedded. */
  readonly answer?: Float32Array;
  /** Absent where no sentence was judged. */
  readonly groundedness?: number;
  readonly abstained: boolean;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
}

/** Keeps it as the asker's own row, in the space that is active now. */
export async function recordAnswer(
  database: Database,
  reader: Reader,
  answer: MonitoredAnswer,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  await database.transaction(
    { role: 'rag_reader', ...reader },
    (sql) =>
      sql.query(
        `INSERT INTO plinth.question_vectors (tenant, principal, space, embedding, answer_id, answer_embedding, groundedness, abstained, asked_at)
         SELECT $1, $2, n, $3::vector, $4, $5::vector, $6, $7, $8 FROM plinth.embedding_spaces WHERE state = 'active'`,
        [
          reader.tenant,
          reader.principal,
          vectorText(answer.question),
          answer.answerId,
          answer.answer === undefined ? null : vectorText(answer.answer),
          answer.groundedness ?? null,
          answer.abstained,
          timeText(answer.askedAt),
        ],
      ),
    options,
  );
}

/** Longest an answer waits to be embedded for monitoring, milliseconds. */
const EMBED_MS = 30_000;

/** Has every answer that is kept monitored too: embeds what was looked for and what was answered, and keeps the vectors alone. */
export function monitorAnswers(parts: {
  readonly database: Database;
  readonly embedder: Embedder;
}): (reader: Reader, answer: AnswerRecord) => Promise<void> {
  return async (reader, { id, query, answer, groundedness, abstained, createdAt }) => {
    const signal = AbortSignal.timeout(EMBED_MS);
    const [question] = await parts.embedder.embed([query], 'query', { signal });
    const [answered] =
      abstained || answer.trim() === '' ? [] : await parts.embedder.embed([answer], 'document', { signal });
    const row = { answerId: id, question: question!, answer: answered, groundedness, abstained, askedAt: createdAt };
    await recordAnswer(parts.database, reader, row, { signal });
  };
}
