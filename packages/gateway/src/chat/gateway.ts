import { randomUUID } from 'node:crypto';
import { PlatformError, type ChatCompletionRequest, type ChatMessage, type Identity } from '@plinth/contracts';
import type { ModelEvent } from '@plinth/models';
import type { AuditLog, Clock } from '@plinth/stores';
import type { Admission } from '../admission/admission.ts';
import { fitContext, type FittedPrompt } from '../context/fit-context.ts';
import type { Conversations } from '../conversations.ts';
import type { Guard } from '../guard/guard.ts';
import type { Identify } from '../identity/identify.ts';
import type { Observe } from '../observer.ts';
import type { Route, Router } from '../routing.ts';
import { governAnswer } from './answer.ts';
import type { ChatRun } from './events.ts';
import { failureOf } from './failure.ts';
import { LedgerEntry } from './ledger-entry.ts';
import { toModelRequest } from './model-request.ts';
import { summarizeWith } from './summarize.ts';
import { parseChatRequest } from './validate.ts';
import { tighterCase, worstCaseOf, type WorstCase } from './worst-case.ts';

export interface ChatGatewayOptions {
  readonly identify: Identify;
  readonly admission: Admission;
  readonly guard: Guard;
  readonly router: Router;
  readonly audit: AuditLog;
  readonly conversations: Conversations;
  readonly clock: Clock;
  readonly observe: Observe;
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
      const route = options.router.resolve(given.model);
      entry.model = route.model;
      const conversation = await options.conversations.open(identity, given);
      const { request, keep } = conversation;
      const worst = worstCaseOf(request, route.model);
      await admit(entry, identity, request, route, worst, options.admission, signal);
      const prompt = await fit(entry, request, route, worst, options.guard, signal);
      const messages = await guardInput(entry, prompt.messages, options.guard, signal);
      const modelRequest = toModelRequest(request, messages, prompt.maxCompletionTokens);
      const events = route.client.stream(modelRequest, { signal })[Symbol.asyncIterator]();
      asked = () => entry.addEstimate({ inputTokens: prompt.promptTokens, outputTokens: 0 }, route.model);
      await untilStarted(events);
      return {
        id: `chatcmpl-${call.requestId}`,
        requestId: call.requestId,
        created: Math.floor(options.clock.now() / 1_000),
        model: route.model.id,
        stream: entry.stream,
        includeUsage: given.stream_options?.include_usage === true,
        events: governAnswer(events, {
          entry,
          model: route.model,
          guard: options.guard,
          controller,
          onEnd: () => clearTimeout(deadline),
          promptTokens: prompt.promptTokens,
          keep: keep && ((text) => keep(prompt.messages, messages, text)),
        }),
      };
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
  admission: Admission,
  signal: AbortSignal,
): Promise<void> {
  entry.ticket = await admission.admit(randomUUID(), identity, worst.amount, async () => {
    const exact = await route.client.countTokens(request.messages, { signal });
    return exact === undefined || request.tools !== undefined ? undefined : tighterCase(worst, exact, route.model);
  });
}

async function fit(
  entry: LedgerEntry,
  request: ChatCompletionRequest,
  route: Route,
  worst: WorstCase,
  guard: Guard,
  signal: AbortSignal,
): Promise<FittedPrompt> {
  const prompt = await fitContext(request.messages, worst.completionTokens, {
    ...route,
    tools: request.tools,
    signal,
    // The turns left out go to the model too: no less guarded than the others.
    summarize: async (text) => {
      const turns = await guardInput(entry, [{ role: 'user', content: text }], guard, signal);
      return summarizeWith(route, entry, turns, signal);
    },
  });
  entry.leftOut = prompt.leftOut;
  return prompt;
}

async function guardInput(
  entry: LedgerEntry,
  messages: readonly ChatMessage[],
  guard: Guard,
  signal: AbortSignal,
): Promise<readonly ChatMessage[]> {
  const checked = await guard.checkInput(messages, { signal });
  entry.addFindings(checked.findings);
  if (!checked.blocked) return checked.messages;
  const detectors = checked.findings
    .filter((finding) => finding.action === 'blocked')
    .map((finding) => finding.detector);
  throw new PlatformError(
    'content_blocked',
    `The request was blocked by the content policy (${[...new Set(detectors)].join(', ')}).`,
    {
      param: 'messages',
    },
  );
}

/** The first event of a model that answers is `start`; one that fails before it is a failed request, not a broken answer. */
async function untilStarted(events: AsyncIterator<ModelEvent>): Promise<void> {
  const first = await events.next();
  if (first.done === true) throw new PlatformError('upstream_failed', 'The model gave no answer. Retry shortly.');
  if (first.value.type !== 'error') return;
  void events.return?.();
  throw first.value.error;
}

async function refuse(entry: LedgerEntry, error: PlatformError): Promise<PlatformError> {
  const outcome = error.code === 'client_closed' ? 'cancelled' : error.status < 500 ? 'refused' : 'failed';
  await entry.close(outcome, error.code, error);
  return error;
}

function tooLong(timeoutMs: number): PlatformError {
  return new PlatformError('request_timeout', `The request took longer than ${Math.round(timeoutMs / 1_000)} s.`);
}
