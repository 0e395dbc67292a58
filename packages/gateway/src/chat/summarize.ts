import type { Route } from '../routing.ts';
import { SUMMARY_TOKENS } from '../context/fit-context.ts';
import { estimatePromptTokens, estimateTokens, promptTokenBound } from '../context/token-bound.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { ChatMessage } from '@plinth/contracts';

const INSTRUCTION =
  'Summarize this conversation in a few plain sentences. Keep names, numbers, decisions and open questions. Answer with the summary only.';

/** Has the model itself summarize turns that no longer fit. Its use is charged to the request it is made for. */
export async function summarizeWith(
  route: Route,
  entry: LedgerEntry,
  turns: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<string> {
  const messages: ChatMessage[] = [{ role: 'system', content: INSTRUCTION }, ...turns];
  let summary = '';
  const estimate = () =>
    entry.addEstimate(
      {
        inputTokens: estimatePromptTokens(promptTokenBound(messages)),
        outputTokens: estimateTokens(Buffer.byteLength(summary)),
      },
      route.model,
    );
  for await (const event of route.client.stream({ messages, maxTokens: SUMMARY_TOKENS, stream: false }, { signal })) {
    if (event.type === 'text') summary += event.text;
    else if (event.type === 'error') {
      if (signal.aborted) estimate();
      throw event.error;
    } else if (event.type === 'end') {
      if (event.usage === undefined) estimate();
      else entry.addUsage(event.usage, route.model);
    }
  }
  return summary.trim();
}
