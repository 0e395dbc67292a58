import type { AnswerRecord, Database, Embedder, Reader } from '@plinth/retrieval';
import { recordAnswer } from '@plinth/retrieval/monitor';

/** How long it may take to embed an answer for monitoring, milliseconds. */
const TIMEOUT_MS = 30_000;

/** Keeps for monitoring where a question and its answer lie, and how the answer did: no text of either. */
export function monitorAnswers(database: Database, embedder: Embedder) {
  return async (reader: Reader, answer: AnswerRecord): Promise<void> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const texts = answer.abstained ? [answer.query] : [answer.query, answer.answer];
    const [question, own] = await embedder.embed(texts, 'query', { signal });
    if (question === undefined) return;
    await recordAnswer(
      database,
      reader,
      {
        answerId: answer.id,
        question,
        answer: own,
        groundedness: answer.groundedness,
        abstained: answer.abstained,
        askedAt: answer.createdAt,
      },
      { signal },
    );
  };
}

/** What metrics know of an answer. */
export function answerSummary({ models, abstained, groundedness, sentences }: AnswerRecord) {
  const citations = sentences.filter(({ supported }) => supported).length;
  return { model: models.generator, abstained, groundedness, citations };
}
