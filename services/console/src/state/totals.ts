import type { Answer } from './answer.ts';

/** What this page has used since signing in. */
export interface Totals {
  answers: number;
  promptTokens: number;
  completionTokens: number;
  costUsd: number;
  /** Answers with usage but no price: the sum is then a lower bound. */
  unpriced: number;
  /** Answers that ended before their usage arrived. The platform has metered them; the page cannot know by how much. */
  uncounted: number;
}

export const NO_TOTALS: Totals = {
  answers: 0,
  promptTokens: 0,
  completionTokens: 0,
  costUsd: 0,
  unpriced: 0,
  uncounted: 0,
};

export function addAnswer(totals: Totals, answer: Answer): Totals {
  const usage = answer.report?.usage;
  if (usage === undefined) {
    // Refused before any text: nothing was used.
    return answer.text === '' ? totals : { ...totals, uncounted: totals.uncounted + 1 };
  }
  return {
    ...totals,
    answers: totals.answers + 1,
    promptTokens: totals.promptTokens + usage.prompt_tokens,
    completionTokens: totals.completionTokens + usage.completion_tokens,
    costUsd: totals.costUsd + (usage.cost_usd ?? 0),
    unpriced: totals.unpriced + (usage.cost_usd === undefined ? 1 : 0),
  };
}
