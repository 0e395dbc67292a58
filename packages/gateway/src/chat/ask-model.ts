import type { ChatMessage } from '@plinth/contracts';
import { estimatePromptTokens, estimateTokens, promptTokenBound } from '../context/token-bound.ts';
import type { Route } from '../routing.ts';
import type { LedgerEntry } from './ledger-entry.ts';

/** Asks a model something on behalf of a request, beside its answer. The use is charged to that request, also when it breaks off. */
export async function askModel(
  { model, client }: Route,
  entry: LedgerEntry,
  messages: readonly ChatMessage[],
  options: { readonly maxTokens: number; readonly temperature?: number; readonly signal: AbortSignal },
): Promise<string> {
  const { signal, ...asked } = options;
  let text = '';
  let { price } = model;
  const estimate = () =>
    entry.addEstimate(
      {
        inputTokens: estimatePromptTokens(promptTokenBound(messages)),
        outputTokens: estimateTokens(Buffer.byteLength(text)),
      },
      price,
    );
  for await (const event of client.stream({ messages, ...asked, stream: false }, { signal })) {
    if (event.type === 'start') price = event.route?.price ?? price;
    else if (event.type === 'text') text += event.text;
    else if (event.type === 'error') {
      if (signal.aborted) estimate();
      throw event.error;
    } else if (event.type === 'end') {
      if (event.usage === undefined) estimate();
      else entry.addUsage(event.usage, price);
    }
  }
  return text.trim();
}
