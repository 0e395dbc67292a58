import type { CheckedEnd } from '../grounding/grounding.ts';
import type { ChatEvent } from './events.ts';
import { failureOf } from './failure.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { endEvent } from './end-event.ts';

export interface AbstainedAnswerOptions {
  readonly entry: LedgerEntry;
  readonly checked: CheckedEnd;
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
  readonly keep?: (text: string) => Promise<string | undefined>;
}

/** An answer that no model was asked for: settled with what was used to come to it, most often nothing, and audited before it is told. */
export function answerWithoutModel(options: AbstainedAnswerOptions): AsyncGenerator<ChatEvent, void> {
  let begun = false;
  const events = answer(options, () => (begun = true));
  const stop = events.return.bind(events);
  // As for answers of a model: one that is stopped before it was begun is settled too.
  events.return = async () => {
    if (!begun) await events.next();
    return stop();
  };
  return events;
}

async function* answer(options: AbstainedAnswerOptions, onBegin: () => void): AsyncGenerator<ChatEvent, void> {
  const { entry, checked, signal, keep } = options;
  onBegin();
  try {
    const text = checked.events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    entry.grounding = checked.outcome;
    const conversation = await keep?.(text);
    await entry.close('allowed', 'stop');
    yield* checked.events;
    yield endEvent(entry, { reason: 'stop', conversation, grounding: checked.extension });
  } catch (error) {
    const failure = failureOf(error, signal);
    // Where the ledger or the audit log failed there is nothing more to close: it was tried, once.
    await entry.close('failed', failure.code, failure).catch(() => undefined);
    yield { type: 'error', error: failure };
  } finally {
    options.onEnd();
  }
}
