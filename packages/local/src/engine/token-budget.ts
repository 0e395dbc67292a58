import { PlatformError } from '@plinth/contracts';

export interface BudgetRequest {
  promptTokens: number;
  contextTokens: number;
  maxTokens: number | undefined;
  onOverflow: 'reject' | 'clamp';
}

/** How many tokens may be generated. Throws `context_length_exceeded`, with the sizes in words, when the request cannot fit. */
export function tokenBudget({ promptTokens, contextTokens, maxTokens, onOverflow }: BudgetRequest): number {
  const room = contextTokens - promptTokens;
  if (room < 1) {
    throw new PlatformError(
      'context_length_exceeded',
      `The prompt has ${promptTokens} tokens and this model's context is ${contextTokens} tokens. Shorten the prompt.`,
      { param: 'messages' },
    );
  }
  if (maxTokens === undefined) return room;
  if (maxTokens > room && onOverflow === 'reject') {
    throw new PlatformError(
      'context_length_exceeded',
      `This model's context is ${contextTokens} tokens: ${promptTokens} in the prompt plus ${maxTokens} for the completion are too many. ` +
        `Shorten the prompt or ask for at most ${room} tokens.`,
      { param: 'max_tokens' },
    );
  }
  return Math.min(maxTokens, room);
}
