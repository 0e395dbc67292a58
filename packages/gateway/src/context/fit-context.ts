import { PlatformError, type CatalogModel, type ChatCompletionRequest, type ChatMessage } from '@plinth/contracts';
import type { ModelClient } from '@plinth/models';
import { messageText } from '../guard/message-text.ts';
import { estimatePromptTokens, promptTokenBound } from './token-bound.ts';
import { splitOldestTurns } from './turns.ts';

/** Longest summary of left-out turns, tokens. */
export const SUMMARY_TOKENS = 256;
/** Most tokens of the words a summary is put in, and of those it is asked for with. */
const SUMMARY_NOTE = 64;
const SUMMARY_INSTRUCTION = 256;
/** Room kept when dropping turns, so that one exact count usually confirms the fit. */
const FIT_MARGIN = 0.95;
const MAX_ROUNDS = 6;

export interface FittedPrompt {
  readonly messages: readonly ChatMessage[];
  /** As the model's own tokenizer counted them, else a likely number. */
  readonly promptTokens: number;
  readonly maxCompletionTokens: number;
  /** Turns left out, whether summarized or not. */
  readonly leftOut: number;
}

export interface FitOptions {
  readonly model: CatalogModel;
  readonly client: ModelClient;
  readonly tools?: ChatCompletionRequest['tools'];
  readonly signal: AbortSignal;
  /** Asks the model for a summary; only called under the `summarize` policy. */
  readonly summarize: (text: string) => Promise<string>;
}

/**
 * Makes a prompt fit its model: as it is, or by the model's policy refused, with its oldest turns left out, or with them summarized.
 * The cheap upper bound decides nearly every request; only where it is over the limit is the model's own tokenizer asked.
 */
export async function fitContext(
  messages: readonly ChatMessage[],
  maxCompletionTokens: number,
  options: FitOptions,
): Promise<FittedPrompt> {
  const { model } = options;
  const bound = promptTokenBound(messages, options.tools);
  if (bound <= model.maxPromptTokens && bound + maxCompletionTokens <= model.contextTokens)
    return { messages, promptTokens: estimatePromptTokens(bound), maxCompletionTokens, leftOut: 0 };

  const tokens = await countPrompt(messages, bound, options);
  if (tokens <= model.maxPromptTokens) return fitted(messages, tokens, maxCompletionTokens, 0, model);
  if (model.contextPolicy === 'reject') throw tooLong(tokens, model);
  return leaveOutOldest(messages, tokens, maxCompletionTokens, options);
}

async function leaveOutOldest(
  messages: readonly ChatMessage[],
  tokens: number,
  maxCompletionTokens: number,
  options: FitOptions,
): Promise<FittedPrompt> {
  const { model } = options;
  const summaryRoom = model.contextPolicy === 'summarize' ? SUMMARY_TOKENS + SUMMARY_NOTE : 0;
  const target = model.maxPromptTokens - summaryRoom;
  let current = messages;
  let currentTokens = tokens;
  const dropped: ChatMessage[] = [];
  for (let round = 0; currentTokens > target; round++) {
    const keepShare = (target / currentTokens) * FIT_MARGIN;
    const split = splitOldestTurns(current, keepShare);
    if (split.dropped.length === 0 || round === MAX_ROUNDS) throw tooLong(tokens, model);
    dropped.push(...split.dropped);
    current = split.kept;
    currentTokens = await countPrompt(current, promptTokenBound(current, options.tools), options);
  }
  if (summaryRoom > 0) {
    const text = dropped.map((message) => `${message.role}: ${messageText(message)}`).join('\n');
    const summary = await options.summarize(lastBytes(text, model.maxPromptTokens - SUMMARY_INSTRUCTION));
    current = withSummary(current, summary);
    currentTokens += summaryRoom;
  }
  return fitted(current, currentTokens, maxCompletionTokens, dropped.length, model);
}

/** The end of a text, at most `bytes` long: a text of that many bytes is at most that many tokens. */
function lastBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  return encoded.length <= bytes
    ? text
    : encoded
        .subarray(encoded.length - bytes)
        .toString('utf8')
        .replace(/^\uFFFD+/, '');
}

function withSummary(messages: readonly ChatMessage[], summary: string): ChatMessage[] {
  const firstTurn = messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer');
  const at = firstTurn === -1 ? messages.length : firstTurn;
  const note: ChatMessage = { role: 'system', content: `Summary of the earlier conversation: ${summary}` };
  return [...messages.slice(0, at), note, ...messages.slice(at)];
}

async function countPrompt(messages: readonly ChatMessage[], bound: number, options: FitOptions): Promise<number> {
  const exact = await options.client.countTokens(messages, { signal: options.signal });
  // Servers count messages alone: tools are added at their upper bound.
  const tools = promptTokenBound([], options.tools) - promptTokenBound([]);
  return exact === undefined ? estimatePromptTokens(bound) : exact + tools;
}

function fitted(
  messages: readonly ChatMessage[],
  tokens: number,
  wanted: number,
  leftOut: number,
  model: CatalogModel,
): FittedPrompt {
  const maxCompletionTokens = Math.max(1, Math.min(wanted, model.contextTokens - tokens));
  return { messages, promptTokens: tokens, maxCompletionTokens, leftOut };
}

function tooLong(tokens: number, model: CatalogModel): PlatformError {
  return new PlatformError(
    'context_length_exceeded',
    `The prompt is ${tokens} tokens; "${model.id}" takes at most ${model.maxPromptTokens}. Send a shorter prompt or fewer turns.`,
    { param: 'messages' },
  );
}
