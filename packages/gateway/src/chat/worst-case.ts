import { PlatformError, type CatalogModel, type ChatCompletionRequest } from '@plinth/contracts';
import type { Amount } from '@plinth/stores';
import { addAmounts, NOTHING, priceOf } from '../admission/price.ts';
import { SUMMARY_TOKENS } from '../context/fit-context.ts';
import { promptTokenBound } from '../context/token-bound.ts';
import type { GroundingWorstCase } from '../grounding/grounding.ts';

/** What is asked of a model at most, before anything was counted exactly. */
export interface WorstCase {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly amount: Amount;
  /** Of `promptTokens`, what grounding adds; and what it asks of the model beside the answer. */
  readonly addedTokens: number;
  readonly asks: Amount;
}

/**
 * The most that a request can come to: its prompt at the upper bound with what grounding adds to it, its completion at the cap, and a summary
 * and grounding's own questions if they may be needed.
 */
export function worstCaseOf(
  request: ChatCompletionRequest,
  model: CatalogModel,
  grounding: GroundingWorstCase = { promptTokens: 0 },
): WorstCase {
  const completionTokens = completionCap(request, model);
  const bound = promptTokenBound(request.messages, request.tools) + grounding.promptTokens;
  // Not maxPromptTokens: where the model cannot count, a prompt that is let through by estimate may be over it, but never over the context.
  const promptTokens = Math.min(bound, model.contextTokens);
  const answer = amountOf(promptTokens, completionTokens, model);
  const asks = askedBeside(grounding, model);
  const whole = addAmounts(answer, asks);
  const amount = needsSummary(bound, model) ? addAmounts(whole, summaryAmount(model)) : whole;
  return { promptTokens, completionTokens, amount, addedTokens: grounding.promptTokens, asks };
}

/** The same with the prompt counted exactly: what is tried when the bound was refused. */
export function tighterCase(worst: WorstCase, exactPromptTokens: number, model: CatalogModel): Amount {
  const promptTokens = exactPromptTokens + worst.addedTokens;
  const answer = amountOf(Math.min(promptTokens, worst.promptTokens), worst.completionTokens, model);
  const whole = addAmounts(answer, worst.asks);
  return needsSummary(promptTokens, model) ? addAmounts(whole, summaryAmount(model)) : whole;
}

function needsSummary(promptTokens: number, model: CatalogModel): boolean {
  return model.contextPolicy === 'summarize' && promptTokens > model.maxPromptTokens;
}

function summaryAmount(model: CatalogModel): Amount {
  return amountOf(model.maxPromptTokens, SUMMARY_TOKENS, model);
}

function askedBeside({ asks }: GroundingWorstCase, model: CatalogModel): Amount {
  return asks === undefined ? NOTHING : amountOf(asks.promptTokens, asks.completionTokens, model);
}

function amountOf(inputTokens: number, outputTokens: number, model: CatalogModel): Amount {
  return priceOf({ inputTokens, outputTokens }, model.price);
}

function completionCap(request: ChatCompletionRequest, model: CatalogModel): number {
  const wanted = request.max_completion_tokens ?? request.max_tokens ?? model.maxCompletionTokens;
  if (wanted <= model.maxCompletionTokens) return wanted;
  if (model.contextPolicy !== 'reject') return model.maxCompletionTokens;
  throw new PlatformError(
    'invalid_request',
    `"${model.id}" completes at most ${model.maxCompletionTokens} tokens; ${wanted} were asked for.`,
    {
      param: (request.max_completion_tokens ?? undefined) === undefined ? 'max_tokens' : 'max_completion_tokens',
    },
  );
}
