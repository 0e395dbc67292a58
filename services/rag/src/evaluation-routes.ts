import { setTimeout as wait } from 'node:timers/promises';
import {
  EVALUATION_BOUNDS,
  EvaluationRequest,
  PlatformError,
  toOpenAIError,
  type EvaluationEvent,
  type EvaluationQuestion,
  type EvaluationResult,
  type Identity,
} from '@plinth/contracts';
import {
  clientController,
  EVENT_STREAM_HEADERS,
  parseBody,
  requestHeader,
  type FrontApp,
  type FrontContext,
} from '@plinth/front';
import { NOTHING, type ChatGateway } from '@plinth/gateway';
import { readerOf, type Retriever } from '@plinth/retrieval';
import { parseQuestionSet, runEvaluation, type EvaluationPorts } from '@plinth/retrieval/evaluate';
import { askOverGateway } from './evaluation-answers.ts';
import { governed, type GovernedCallParts } from './governed-call.ts';

export interface EvaluationRoutes {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly retriever: Retriever;
  /** Admits and records the evaluation as one call of its caller's. */
  readonly governed?: GovernedCallParts;
  /** The governed path, on which answers are asked for and paid; absent: searches alone are evaluated. */
  readonly gateway?: ChatGateway;
  /** Who answers where a request does not say. */
  readonly model?: string;
  /** Question sets by name: JSONL. */
  readonly sets?: Readonly<Record<string, () => Promise<string>>>;
  readonly timers?: Pick<EvaluationPorts, 'now' | 'wait'>;
}

/** Evaluations of one process at once: each asks four questions at a time. */
const AT_ONCE = 2;
/** Enough for ten documents of several passages each. */
const PASSAGES = 50;
/** Milliseconds. */
const LONGEST_MS = 3_600_000;
const TIMERS = {
  now: () => performance.now(),
  wait: (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }),
};

/**
 * POST /v1/evaluations: a question set under the caller's own groups. It is admitted and recorded once, and each answer as any answer of its caller's,
 * guarded and paid. Whole, or with `stream` as server-sent events of progress and then the result.
 */
export function addEvaluationRoutes(app: FrontApp, routes: EvaluationRoutes): void {
  let running = 0;
  app.post('/v1/evaluations', async (context) => {
    const identity = await routes.identify(context);
    const controller = clientController(context);
    const request = await parseBody(context, EvaluationRequest, EVALUATION_BOUNDS.bodyBytes);
    const questions = await questionsOf(request, routes.sets ?? {});
    if (running >= AT_ONCE)
      throw new PlatformError('overloaded', 'Other evaluations are running. Try again when they are done.', {
        retryAfterSeconds: 30,
      });
    running++;
    const requestId = context.get('requestId');
    // Settled before it begins: while it runs it must not take the place of its own answers.
    const call = { requestId, action: 'evaluation', identity, text: '', amount: NOTHING, signal: controller.signal };
    try {
      if (routes.governed !== undefined) await governed(routes.governed, call, async () => {});
    } catch (error) {
      running--;
      throw error;
    }
    const ports = portsOf(context, identity, routes);
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(LONGEST_MS)]);
    const evaluate = (onProgress?: (done: number, total: number) => void) =>
      runEvaluation(questions, ports, { groups: identity.groups, config: request.config, signal, onProgress }).finally(
        () => running--,
      );
    if (request.stream !== true) return context.json(await evaluate());
    return context.body(eventStream(evaluate, controller, requestId), 200, EVENT_STREAM_HEADERS);
  });
}

async function questionsOf(
  { questions, set }: EvaluationRequest,
  sets: NonNullable<EvaluationRoutes['sets']>,
): Promise<readonly EvaluationQuestion[]> {
  if ((questions === undefined) === (set === undefined))
    throw new PlatformError('invalid_request', 'Send either "questions" or the name of a "set".', {
      param: 'questions',
    });
  if (questions !== undefined) {
    if (new Set(questions.map(({ id }) => id)).size < questions.length)
      throw new PlatformError('invalid_request', 'Two questions have the same id.', { param: 'questions' });
    return questions;
  }
  const read = Object.hasOwn(sets, set!) ? sets[set!] : undefined;
  if (read === undefined) {
    const known = Object.keys(sets);
    const hint = known.length === 0 ? 'Send "questions" instead.' : `Use one of: ${known.join(', ')}.`;
    throw new PlatformError('not_found', `There is no question set of that name. ${hint}`, { param: 'set' });
  }
  return parseQuestionSet(await read());
}

function portsOf(context: FrontContext, identity: Identity, routes: EvaluationRoutes): EvaluationPorts {
  const { retriever, gateway, model, timers = TIMERS } = routes;
  const reader = readerOf(identity);
  const authorization = requestHeader(context, 'authorization');
  return {
    ...timers,
    search: async (text, { config: { method, rerank, limit, filter }, signal }) => {
      const query = { text, reader, limit: limit ?? PASSAGES, method, rerank, filter };
      const { passages } = await retriever.retrieve(query, { signal });
      return passages.map(({ passage }) => passage);
    },
    ...(gateway === undefined
      ? {}
      : { answer: (question, options) => askOverGateway(gateway, { question, model, authorization, ...options }) }),
  };
}

function eventStream(
  evaluate: (onProgress: (done: number, total: number) => void) => Promise<EvaluationResult>,
  controller: AbortController,
  requestId: string,
): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async start(stream) {
      const send = (event: EvaluationEvent) => stream.enqueue(bytes.encode(`data: ${JSON.stringify(event)}\n\n`));
      let percent = 0;
      try {
        const result = await evaluate((done, total) => {
          const now = Math.floor((100 * done) / total);
          // A hundred events at most, whatever the reader's pace is.
          if (now > percent && !controller.signal.aborted) send({ type: 'progress', done, total });
          percent = now;
        });
        send({ type: 'result', result });
      } catch (error) {
        if (controller.signal.aborted) return;
        const { message, code } = toOpenAIError(PlatformError.from(error), requestId).error;
        send({ type: 'error', error: { message, code } });
      }
      stream.enqueue(bytes.encode('data: [DONE]\n\n'));
      stream.close();
    },
    cancel: () => controller.abort(),
  });
}
