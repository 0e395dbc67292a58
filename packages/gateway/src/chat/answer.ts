import { PlatformError, type FinishReason } from '@plinth/contracts';
import type { ModelEvent, ModelUsage } from '@plinth/models';
import { estimateTokens } from '../context/token-bound.ts';
import type { AnswerChecker, CheckedEnd, CheckedEvent } from '../grounding/grounding.ts';
import type { Guard, GuardedText, OutputGuard } from '../guard/guard.ts';
import { endEvent } from './end-event.ts';
import type { ChatEvent } from './events.ts';
import { failureOf } from './failure.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { ToolCalls } from './tool-calls.ts';

export interface AnswerOptions {
  readonly entry: LedgerEntry;
  readonly guard: Guard;
  /** Stops the model; aborted when the answer ends before the model does. */
  readonly controller: AbortController;
  /** What the prompt is counted as when the model does not say. */
  readonly promptTokens: number;
  readonly onEnd: () => void;
  /** Called with the whole text of an answer that ended well, before its end is told. Gives the id of the conversation it was kept in. */
  readonly keep?: (text: string) => Promise<string | undefined>;
  /** Holds what the guard cleared against its sources before it leaves. */
  readonly checker?: AnswerChecker;
}

type ModelEnd = Extract<ModelEvent, { type: 'end' }>;

/** From what a model says to what its caller may see: guarded, counted, and settled before the last word. */
export function governAnswer(
  events: AsyncIterator<ModelEvent>,
  options: AnswerOptions,
): AsyncGenerator<ChatEvent, void> {
  const answer = new Answer(options);
  const governed = govern(events, answer, options);
  const stop = governed.return.bind(governed);
  // A generator that is stopped before it was begun runs no `finally`: nobody would settle.
  governed.return = async () => {
    if (!answer.begun) {
      options.controller.abort();
      await governed.next();
    }
    return stop();
  };
  return governed;
}

async function* govern(
  events: AsyncIterator<ModelEvent>,
  answer: Answer,
  options: AnswerOptions,
): AsyncGenerator<ChatEvent, void> {
  const { entry, controller, checker } = options;
  let told = false;
  try {
    answer.begun = true;
    let reason: FinishReason | undefined;
    let end: ModelEnd | undefined;
    while (reason === undefined) {
      const next = await events.next();
      if (next.done === true)
        throw new PlatformError('upstream_failed', 'The model stopped without finishing its answer. Retry shortly.');
      const event = next.value;
      if (event.type === 'text') {
        const pushed = answer.push(event.text);
        const cleared = pushed instanceof Promise ? await pushed : pushed;
        if (checker !== undefined) for (const shown of await answer.checked(checker, cleared.text)) yield shown;
        else if (cleared.text !== '') {
          entry.markFirstToken();
          yield { type: 'text', text: cleared.text };
        }
        if (cleared.blocked) reason = 'content_filter';
      } else if (event.type === 'tool-call') answer.addToolCall(event);
      else if (event.type === 'error') throw event.error;
      else if (event.type === 'end') {
        end = event;
        const last = await answer.conclude(event);
        for (const shown of last.events) yield shown;
        reason = last.reason;
      }
    }
    const checked = await answer.check(reason, end?.usage);
    if (checked !== undefined) for (const shown of answer.released(checked.events)) yield shown;
    yield await answer.settle(reason, end, checked);
  } catch (error) {
    const failure = failureOf(error, controller.signal);
    const cancelled = failure.code === 'client_closed' || failure.code === 'request_timeout';
    answer.countPartialUse(cancelled);
    const closed = entry.close(cancelled ? 'cancelled' : 'failed', failure.code, failure);
    const shown = await closed.then(
      () => failure,
      (lost: unknown) => PlatformError.from(lost, 'storage_failed'),
    );
    told = true;
    yield { type: 'error', error: shown };
  } finally {
    options.onEnd();
    if (!answer.complete) controller.abort(ANSWER_OVER);
    void events.return?.();
    // Reached early when the consumer stops: what the model wrote until now is still to be paid.
    answer.countPartialUse(true);
    if (!told) await entry.close('cancelled', 'client_closed');
  }
}

/** Ends what is left of an answer that is over. One object for all: an abort without a reason would record a stack each time. */
const ANSWER_OVER = new PlatformError('client_closed', 'The answer is over.');

class Answer {
  readonly tools = new ToolCalls();
  begun = false;
  /** The model said its last event and all is settled: nothing is left that an abort would stop. */
  complete = false;
  readonly #options: AnswerOptions;
  readonly #output: OutputGuard;
  #text = '';
  #receivedBytes = 0;
  #counted = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#output = options.guard.openOutput({ signal: options.controller.signal });
  }

  push(text: string): GuardedText | Promise<GuardedText> {
    this.#receivedBytes += Buffer.byteLength(text);
    const cleared = this.#output.push(text);
    if (cleared instanceof Promise) return cleared.then((each) => this.#keepText(each));
    return this.#keepText(cleared);
  }

  addToolCall(piece: Extract<ModelEvent, { type: 'tool-call' }>): void {
    this.#receivedBytes += Buffer.byteLength(piece.arguments);
    this.tools.add(piece);
  }

  /** What is left to be sent of an answer that the model has ended, and what it ends with. */
  async conclude(event: ModelEnd): Promise<{ events: readonly ChatEvent[]; reason: FinishReason }> {
    const ended = this.#output.end();
    const last = this.#keepText(ended instanceof Promise ? await ended : ended);
    const { checker, entry } = this.#options;
    const events: ChatEvent[] = [];
    if (checker !== undefined) events.push(...(await this.checked(checker, last.text)));
    else if (last.text !== '') {
      entry.markFirstToken();
      events.push({ type: 'text', text: last.text });
    }
    const calls = last.blocked ? undefined : this.tools.isEmpty ? [] : await this.#guardedCalls();
    if (calls !== undefined) events.push(...calls);
    if (event.guardrail === true)
      entry.addFindings([{ stage: 'output', action: 'blocked', detector: 'bedrock-guardrail', count: 1 }]);
    return { events, reason: calls === undefined ? 'content_filter' : event.reason };
  }

  /** What the checker lets go of text that the guard cleared. */
  async checked(checker: AnswerChecker, text: string): Promise<readonly CheckedEvent[]> {
    return text === '' ? [] : this.released(await checker.push(text));
  }

  /** Counts the answer and ends its check. What the checker kept until now leaves before the answer is settled. */
  async check(reason: FinishReason, usage: ModelUsage | undefined): Promise<CheckedEnd | undefined> {
    const { entry, checker } = this.#options;
    entry.addFindings(this.#output.findings);
    this.#count(usage);
    const checked = await checker?.end(reason);
    if (checked !== undefined) entry.grounding = checked.outcome;
    return checked;
  }

  /** Settles and audits, and only then gives the end. @param end As the model told it; absent where the guard stopped it. */
  async settle(reason: FinishReason, end: ModelEnd | undefined, checked?: CheckedEnd): Promise<ChatEvent> {
    const { entry, keep } = this.#options;
    const conversation = reason === 'content_filter' ? undefined : await keep?.(this.#text);
    await entry.close('allowed', reason);
    this.complete = end !== undefined;
    return endEvent(entry, { reason, usage: end?.usage, conversation, grounding: checked?.extension });
  }

  /** Events of a checker, which leave now. */
  released(events: readonly CheckedEvent[]): readonly CheckedEvent[] {
    for (const event of events) {
      if (event.type !== 'text') continue;
      this.#options.entry.markFirstToken();
      if (this.#options.keep !== undefined) this.#text += event.text;
    }
    return events;
  }

  /**
   * Counts an answer that was broken off: the prompt was read, and what arrived was written. A model that failed before it wrote
   * anything is owed nothing; one that we stopped is.
   */
  countPartialUse(stoppedByUs: boolean): void {
    if (stoppedByUs || this.#receivedBytes > 0) this.#count(undefined);
  }

  #count(usage: ModelUsage | undefined): void {
    if (this.#counted) return;
    this.#counted = true;
    const { entry, promptTokens } = this.#options;
    if (usage !== undefined) entry.addUsage(usage, entry.price);
    else
      entry.addEstimate({ inputTokens: promptTokens, outputTokens: estimateTokens(this.#receivedBytes) }, entry.price);
  }

  #guardedCalls() {
    const { guard, controller, entry } = this.#options;
    return this.tools.guarded(
      () => guard.openOutput({ signal: controller.signal }),
      (used) => entry.addFindings(used.findings),
    );
  }

  #keepText(cleared: GuardedText): GuardedText {
    if (this.#options.keep !== undefined && this.#options.checker === undefined) this.#text += cleared.text;
    return cleared;
  }
}
