import { randomUUID } from 'node:crypto';
import { PlatformError, type ChatCompletionRequest, type Identity } from '@plinth/contracts';
import type { ModelEvent, RouteTerms } from '@plinth/models';
import type { AuditLog, Clock } from '@plinth/stores';
import type { Admit } from '../admission/admission.ts';
import type { Conversations } from '../conversations.ts';
import type { Grounding } from '../grounding/grounding.ts';
import type { Guard } from '../guard/guard.ts';
import type { Identify } from '../identity/identify.ts';
import type { Observe } from '../observer.ts';
import type { Route, Router } from '../routing.ts';
import { answerWithoutModel } from './abstained-answer.ts';
import { governAnswer } from './answer.ts';
import type { ChatRun } from './events.ts';
import { failureOf } from './failure.ts';
import { LedgerEntry } from './ledger-entry.ts';
import { toModelRequest } from './model-request.ts';
import { prepareGrounded, preparePrompt } from './prepare.ts';
import { routeOnTerms, routeTerms } from './route-terms.ts';
import { parseChatRequest } from './validate.ts';
import { tighterCase, worstCaseOf, type WorstCase } from './worst-case.ts';

export interface ChatGatewayOptions {
  readonly identify: Identify;
  readonly admission: Admit;
  readonly guard: Guard;
  readonly router: Router;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly conversations: Conversations;
  /** Answers from documents; absent where the model answers by itself. */
  readonly grounding?: Grounding;
  readonly clock: Clock;
  readonly observe: Observe;
  /** What all requests on this path are to the pools of their models. @default what each says of itself, else interactive */
  readonly callerClass?: RouteTerms['class'];
  /** Longest a request may take, end to end, milliseconds. */
  readonly requestTimeoutMs: number;
}

export interface ChatCall {
  readonly requestId: string;
  readonly authorization: string | undefined;
  readonly body: Uint8Array;
  /** Aborted when the client has left; aborted by the gateway when the request has ended. */
  readonly controller: AbortController;
}

export type ChatGateway = (call: ChatCall) => Promise<ChatRun>;

/**
 * The path every chat request takes, in the order it is written here. Resolves once the model has begun to answer; until then every
 * failure is thrown, so that a front can answer it with its HTTP status.
 */
export function createChatGateway(options: ChatGatewayOptions): ChatGateway {
  return async (call) => {
    const entry = new LedgerEntry({ ...options, requestId: call.requestId });
    const { controller } = call;
    const { signal } = controller;
    let asked: (() => void) | undefined;
    const deadline = setTimeout(() => controller.abort(tooLong(options.requestTimeoutMs)), options.requestTimeoutMs);
    try {
      const identity = (entry.identity = await options.identify(call.authorization));
      const given = parseChatRequest(call.body);
      entry.stream = given.stream === true;
      const found = options.router.resolve(given.model);
      entry.model = found.model;
      const route = routeOnTerms(found, routeTerms(identity, given, options.callerClass), options);
      const conversation = await options.conversations.open(identity, given);
      const { request } = conversation;
      const { grounding, guard } = options;
      if (grounding === undefined && (given.rag ?? undefined) !== undefined) throw notGrounded();
      const worst = worstCaseOf(request, route.model, grounding?.worstCase(request, route.model));
      await admit(entry, identity, request, route, worst, options.admission, signal);
      const { requestId } = call;
      const maxCompletionTokens = worst.completionTokens;
      const parts = { requestId, entry, conversation, route, maxCompletionTokens, guard, signal };
      const prepared = grounding === undefined ? await preparePrompt(parts) : await prepareGrounded(grounding, parts);
      const run = {
        id: `chatcmpl-${requestId}`,
        requestId,
        created: Math.floor(options.clock.now() / 1_000),
        model: route.model.id,
        stream: entry.stream,
        includeUsage: given.stream_options?.include_usage === true,
      };
      const onEnd = () => clearTimeout(deadline);
      if (prepared.kind === 'answer')
        return { ...run, events: answerWithoutModel({ ...prepared, entry, signal, onEnd }) };
      const { prompt, messages, keep, checker } = prepared;
      const modelRequest = toModelRequest(request, messages, prompt.maxCompletionTokens);
      const events = route.client.stream(modelRequest, { signal })[Symbol.asyncIterator]();
      asked = () => {
        if (entry.wasAsked) entry.addEstimate({ inputTokens: prompt.promptTokens, outputTokens: 0 }, entry.price);
      };
      await untilStarted(events, entry);
      const { promptTokens } = prompt;
      return { ...run, events: governAnswer(events, { entry, guard, controller, onEnd, promptTokens, keep, checker }) };
    } catch (error) {
      clearTimeout(deadline);
      const failure = failureOf(error, signal);
      // A model that failed before it said anything is owed nothing; one that we stopped may have read the prompt.
      if (signal.aborted) asked?.();
      throw await refuse(entry, failure);
    }
  };
}

async function admit(
  entry: LedgerEntry,
  identity: Identity,
  request: ChatCompletionRequest,
  route: Route,
  worst: WorstCase,
  admission: Admit,
  signal: AbortSignal,
): Promise<void> {
  entry.ticket = await admission.admit(randomUUID(), identity, worst.amount, async () => {
    const exact = await route.client.countTokens(request.messages, { signal });
    return exact === undefined || request.tools !== undefined ? undefined : tighterCase(worst, exact, route.model);
  });
}

/** The first event of a model that answers is `start`; one that fails before it is a failed request, not a broken answer. */
async function untilStarted(events: AsyncIterator<ModelEvent>, entry: LedgerEntry): Promise<void> {
  const first = await events.next();
  if (first.done === true) throw new PlatformError('upstream_failed', 'The model gave no answer. Retry shortly.');
  if (first.value.type === 'start' || first.value.type === 'error') entry.route = first.value.route;
  if (first.value.type !== 'error') return;
  void events.return?.();
  throw first.value.error;
}

async function refuse(entry: LedgerEntry, error: PlatformError): Promise<PlatformError> {
  const outcome = error.code === 'client_closed' ? 'cancelled' : error.status < 500 ? 'refused' : 'failed';
  await entry.close(outcome, error.code, error);
  return error;
}

function notGrounded(): PlatformError {
  return new PlatformError(
    'unsupported_feature',
    'Answers here are not taken from documents. Leave "rag" out, or send the request to the retrieval service (on a laptop: /rag/v1).',
    { param: 'rag' },
  );
}

function tooLong(timeoutMs: number): PlatformError {
  return new PlatformError('request_timeout', `The request took longer than ${Math.round(timeoutMs / 1_000)} s.`);
}
