import type { ChatCompletionRequest, ChatMessage } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import { fitContext, type FittedPrompt } from '../context/fit-context.ts';
import type { OpenConversation } from '../conversations.ts';
import type { AnswerChecker, CheckedEnd, Grounding } from '../grounding/grounding.ts';
import type { Guard } from '../guard/guard.ts';
import type { Route } from '../routing.ts';
import { groundRequest } from './ground.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { summarizeWith } from './summarize.ts';

export interface PrepareOptions {
  readonly requestId: string;
  readonly entry: LedgerEntry;
  readonly conversation: OpenConversation;
  readonly route: Route;
  readonly maxCompletionTokens: number;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

type Keep = (text: string) => Promise<string>;

/** What the model is asked, guarded and made to fit; or an answer that takes no model. */
export type PreparedPrompt =
  | {
      readonly kind: 'ask';
      readonly prompt: FittedPrompt;
      /** The fitted messages as the guard left them. */
      readonly messages: readonly ChatMessage[];
      readonly keep?: Keep;
      readonly checker?: AnswerChecker;
    }
  | { readonly kind: 'answer'; readonly checked: CheckedEnd; readonly keep?: Keep };

/** A prompt of the caller's own words: fitted, then guarded. */
export async function preparePrompt(options: PrepareOptions): Promise<PreparedPrompt> {
  const { request, keep } = options.conversation;
  const prompt = await fit(request.messages, request.tools, options);
  const messages = await guardInput(prompt.messages, options);
  return { kind: 'ask', prompt, messages, keep: keep && ((text) => keep(prompt.messages, messages, text)) };
}

/**
 * A prompt with sources before it. The caller's words are guarded first, so that nothing is looked for that the policy forbids; what is found
 * is guarded by itself, text by text.
 */
export async function prepareGrounded(grounding: Grounding, options: PrepareOptions): Promise<PreparedPrompt> {
  const { request, keep: keepTurns } = options.conversation;
  const guarded = await guardInput(request.messages, options);
  const keep = keepTurns && ((text: string) => keepTurns(request.messages, guarded, text));
  const grounded = await groundRequest(grounding, { ...options, request, messages: guarded });
  if (grounded.kind === 'answer') return { ...grounded, keep };
  const prompt = await fit(grounded.messages, undefined, options);
  return { kind: 'ask', prompt, messages: prompt.messages, keep, checker: grounded.checker };
}

async function fit(
  messages: readonly ChatMessage[],
  tools: ChatCompletionRequest['tools'],
  options: PrepareOptions,
): Promise<FittedPrompt> {
  const { entry, route, signal, maxCompletionTokens } = options;
  const prompt = await fitContext(messages, maxCompletionTokens, {
    ...route,
    tools,
    signal,
    // The turns left out go to the model too: no less guarded than the others.
    summarize: async (text) => {
      const turns = await guardInput([{ role: 'user', content: text }], options);
      return summarizeWith(route, entry, turns, signal);
    },
  });
  entry.leftOut = prompt.leftOut;
  return prompt;
}

async function guardInput(
  messages: readonly ChatMessage[],
  { entry, guard, signal }: PrepareOptions,
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
