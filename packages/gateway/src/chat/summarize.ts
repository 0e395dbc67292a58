import type { ChatMessage } from '@plinth/contracts';
import { SUMMARY_TOKENS } from '../context/fit-context.ts';
import type { Route } from '../routing.ts';
import { askModel } from './ask-model.ts';
import type { LedgerEntry } from './ledger-entry.ts';

const INSTRUCTION =
  'Summarize this conversation in a few plain sentences. Keep names, numbers, decisions and open questions. Answer with the summary only.';

/** Has the model itself summarize turns that no longer fit. Its use is charged to the request it is made for. */
export function summarizeWith(
  route: Route,
  entry: LedgerEntry,
  turns: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<string> {
  return askModel(route, entry, [{ role: 'system', content: INSTRUCTION }, ...turns], {
    maxTokens: SUMMARY_TOKENS,
    signal,
  });
}
