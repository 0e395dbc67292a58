import { FeedbackRequest, PlatformError, type AnswerExplanation, type Identity } from '@plinth/contracts';
import { clientController, parseBody, requestHeader, type FrontApp, type FrontContext } from '@plinth/front';
import type { ChatGateway } from '@plinth/gateway';
import { readerOf, type AnswerRecord, type AnswerStore, type Embedder } from '@plinth/retrieval';
import { attribute, type CitedText, type PassageAttribution, type ReadCitedTexts } from '@plinth/retrieval/answer';
import { writeAgainOver } from '../write-again.ts';

export interface AnswerRoutes {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly answers: AnswerStore;
  readonly readCitedTexts: ReadCitedTexts;
  /** The governed path that answers without keeping the answer: for attribution. */
  readonly trial: ChatGateway;
  readonly embedder?: Embedder;
  readonly onFeedback?: (rating: 'up' | 'down') => void;
  readonly now: () => number;
}

const BODY_BYTES = 64 * 1024;

/** GET /v1/answers/{id}/explanation and POST /v1/answers/{id}/feedback. An answer is its asker's alone. */
export function addAnswers(app: FrontApp, routes: AnswerRoutes): void {
  const { identify, answers, readCitedTexts, now, onFeedback } = routes;

  app.get('/v1/answers/:id/explanation', async (context) => {
    const { signal } = clientController(context);
    const reader = readerOf(await identify(context));
    const wanted = context.req.query('attribution');
    if (wanted !== undefined && wanted !== 'leave-one-out')
      throw new PlatformError('invalid_request', '"attribution" is "leave-one-out", or left out.', {
        param: 'attribution',
      });
    const answer = await answers.get(reader, context.req.param('id'));
    if (answer === undefined) throw absent();
    const texts = await readCitedTexts(reader, answer, { signal });
    const attribution = wanted === undefined ? undefined : await attributionOf(context, answer, routes, signal);
    return context.json(explanationOf(answer, texts, attribution));
  });

  app.post('/v1/answers/:id/feedback', async (context) => {
    const reader = readerOf(await identify(context));
    const { rating, comment } = await parseBody(context, FeedbackRequest, BODY_BYTES);
    const id = context.req.param('id');
    if (!(await answers.feedback(reader, id, { rating, comment, at: now() }))) throw absent();
    onFeedback?.(rating);
    return context.json({ id, object: 'answer.feedback', rating });
  });
}

function attributionOf(
  context: FrontContext,
  answer: AnswerRecord,
  { trial, embedder }: AnswerRoutes,
  signal: AbortSignal,
) {
  const authorization = requestHeader(context, 'authorization');
  return attribute(answer, { writeAgain: writeAgainOver(trial, { answer, authorization, signal }), embedder, signal });
}

function explanationOf(
  answer: AnswerRecord,
  texts: readonly (CitedText | undefined)[],
  attribution: readonly PassageAttribution[] | undefined,
): AnswerExplanation {
  const { id, createdAt, question, query, policy, groundedness, abstained, models, passages, sentences } = answer;
  return {
    id,
    object: 'answer.explanation',
    created: Math.floor(createdAt / 1_000),
    question,
    query,
    answer: answer.answer,
    policy,
    groundedness,
    abstained,
    models,
    passages: passages.map(
      ({ id: passageId, documentId, version, start, end, lexical, dense, fused, rerank, fate }, index) => {
        const shown = texts[index];
        const cited = sentences.filter((sentence) => sentence.supported && sentence.passageId === passageId).length;
        return {
          passage_id: passageId,
          ...(shown === undefined ? {} : { document_id: documentId, version, start, end, ...shown }),
          lexical,
          dense,
          fused,
          rerank,
          fate,
          withheld: shown === undefined,
          cited,
        };
      },
    ),
    sentences: sentences.map(({ start, end, passageId, ...verdict }) => ({
      text: answer.answer.slice(start, end),
      start_index: start,
      end_index: end,
      passage_id: passageId,
      ...verdict,
    })),
    attribution: attribution?.map(({ passageId, similarityLoss, supportLoss }) => ({
      passage_id: passageId,
      similarity_loss: similarityLoss,
      support_loss: supportLoss,
    })),
  };
}

function absent(): PlatformError {
  return new PlatformError('not_found', 'There is no such answer of yours. Answers are kept for 30 days.', {
    param: 'id',
  });
}
