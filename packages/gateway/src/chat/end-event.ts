import type { FinishReason, GroundingExtension } from '@plinth/contracts';
import type { ModelUsage } from '@plinth/models';
import type { ChatEvent } from './events.ts';
import type { LedgerEntry } from './ledger-entry.ts';

export interface EndEventParts {
  readonly reason: FinishReason;
  /** As the model reported it. */
  readonly usage?: ModelUsage;
  /** The conversation the answer was kept in. */
  readonly conversation?: string;
  readonly grounding?: GroundingExtension;
}

/** The last word of an answer: what it came to, as it was settled. */
export function endEvent(entry: LedgerEntry, parts: EndEventParts): Extract<ChatEvent, { type: 'end' }> {
  const { inputTokens, outputTokens, nanoUsd } = entry.used;
  const { reason, usage, conversation, grounding } = parts;
  return {
    type: 'end',
    reason,
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      ...(usage?.cachedInputTokens === undefined
        ? {}
        : { prompt_tokens_details: { cached_tokens: usage.cachedInputTokens } }),
      cost_usd: nanoUsd / 1e9,
    },
    extension: {
      guard: [...entry.findings],
      truncated_messages: entry.leftOut,
      ...(conversation === undefined ? {} : { conversation_id: conversation }),
      ...grounding,
    },
  };
}
