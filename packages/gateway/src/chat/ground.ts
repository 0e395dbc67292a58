import type { ChatCompletionRequest, ChatMessage } from '@plinth/contracts';
import type { GroundedPrompt, Grounding, ScreenedText } from '../grounding/grounding.ts';
import type { Guard } from '../guard/guard.ts';
import { messageText } from '../guard/message-text.ts';
import type { Route } from '../routing.ts';
import { askModel } from './ask-model.ts';
import type { LedgerEntry } from './ledger-entry.ts';

export interface GroundOptions {
  readonly requestId: string;
  readonly entry: LedgerEntry;
  readonly request: ChatCompletionRequest;
  /** As the guard left them. */
  readonly messages: readonly ChatMessage[];
  readonly route: Route;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** Texts of documents that are before the guard at once. */
const SCREENED_AT_ONCE = 8;

/** Hands a request to its grounding, with the guard and the model as far as it may have them. */
export async function groundRequest(grounding: Grounding, options: GroundOptions): Promise<GroundedPrompt> {
  const { requestId, entry, request, messages, route, guard, signal } = options;
  return grounding.ground({
    requestId,
    identity: entry.identity!,
    request,
    messages,
    model: route.model,
    signal,
    ask: (asked, maxTokens) => askModel(route, entry, asked, { maxTokens, temperature: 0, signal }),
    async screen(texts) {
      const screened: ScreenedText[] = [];
      for (let from = 0; from < texts.length; from += SCREENED_AT_ONCE) {
        const some = texts.slice(from, from + SCREENED_AT_ONCE);
        screened.push(...(await Promise.all(some.map((text) => screenDocument(text, guard, entry, signal)))));
      }
      return screened;
    },
  });
}

/** A text of a document goes before the guard as what a tool brought, and never ends the request: it is left out. */
async function screenDocument(
  text: string,
  guard: Guard,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<ScreenedText> {
  const message: ChatMessage = { role: 'tool', tool_call_id: 'document', content: text };
  const checked = await guard.checkInput([message], { signal, origin: 'document' });
  entry.addFindings(checked.findings);
  const [left] = checked.messages;
  return checked.blocked || left === undefined
    ? { text: '', blocked: true }
    : { text: messageText(left), blocked: false };
}
