import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { ChatCompletionRequest } from '@plinth/contracts';
import { streamChat } from '../api/chat-stream.ts';
import type { Endpoint } from '../api/endpoint.ts';
import { ApiError, localProblem } from '../api/problem.ts';
import { advance, newAnswer } from './answer.ts';
import type { Answer, AnswerEvent } from './answer.ts';
import { createFrameBatch } from './frame-batch.ts';
import type { FrameScheduler } from './frame-batch.ts';
import { messagesFor } from './history.ts';
import type { Turn } from './history.ts';
import type { Settings } from './preferences.ts';
import { addAnswer, NO_TOTALS } from './totals.ts';
import type { Totals } from './totals.ts';

/** One question and its answer. The answer is a signal of its own, so a streaming one renders alone. */
export interface Exchange {
  id: number;
  prompt: string;
  answer: Signal<Answer>;
}

export interface AskWith {
  key: string;
  model: string;
  settings: Settings;
}

export interface ChatState {
  readonly exchanges: ReadonlySignal<readonly Exchange[]>;
  /** The exchange whose answer is on its way. */
  readonly live: ReadonlySignal<Exchange | undefined>;
  readonly totals: ReadonlySignal<Totals>;
  readonly conversationId: ReadonlySignal<string | undefined>;
  /** Asks; resolves when the answer is final. Does nothing while another answer is on its way. */
  ask(prompt: string, options: AskWith): Promise<void>;
  /** Asks the last question again, in place of its failed answer. */
  askAgain(options: AskWith): Promise<void>;
  stop(): void;
  /** Shows other turns, or none for a new chat. */
  show(turns: readonly Turn[], conversationId?: string): void;
  /** A new chat, with the totals back at zero. */
  reset(): void;
}

export function createChat(endpoint: Endpoint, frames: FrameScheduler): ChatState {
  const exchanges = signal<readonly Exchange[]>([]);
  const liveSignal = signal<Exchange | undefined>(undefined);
  const totals = signal<Totals>(NO_TOTALS);
  const conversationId = signal<string | undefined>(undefined);
  let controller: AbortController | undefined;
  let lastId = 0;
  /** Instructions a kept conversation already has from this page. */
  let keptInstructions: string | undefined;

  function exchangeOf(prompt: string, answer: Answer): Exchange {
    lastId += 1;
    return { id: lastId, prompt, answer: signal(answer) };
  }

  async function run(
    exchange: Exchange,
    before: readonly Exchange[],
    { key, model, settings }: AskWith,
  ): Promise<void> {
    const mine = new AbortController();
    controller = mine;
    liveSignal.value = exchange;
    const apply = (event: AnswerEvent) => {
      exchange.answer.value = advance(exchange.answer.value, event);
    };
    const batch = createFrameBatch((text, at) => apply({ type: 'delta', text, at }), frames);
    const turns = before.map(({ prompt, answer }) => ({ prompt, answer: answer.value }));
    const kept = conversationId.value !== undefined;
    const instructions = kept && settings.instructions === keptInstructions ? '' : settings.instructions;
    const request: ChatCompletionRequest = {
      model,
      messages: messagesFor(turns, { prompt: exchange.prompt, instructions, kept }),
      ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
      ...(settings.maxTokens === undefined ? {} : { max_tokens: settings.maxTokens }),
      ...(conversationId.value === undefined ? {} : { conversation_id: conversationId.value }),
    };
    try {
      for await (const event of streamChat(endpoint, key, request, mine.signal)) {
        if (event.type === 'delta') {
          batch.add(event.text, endpoint.now());
          continue;
        }
        batch.flush();
        apply({ type: 'end', report: event.report, at: endpoint.now() });
        const id = event.report.conversationId;
        if (id === undefined || !exchanges.value.includes(exchange)) continue;
        conversationId.value = id;
        keptInstructions = settings.instructions;
      }
    } catch (error) {
      batch.flush();
      if (mine.signal.aborted) apply({ type: 'stop', at: endpoint.now() });
      else {
        const problem = error instanceof ApiError ? error.problem : localProblem('unreadable');
        if (!(error instanceof ApiError)) console.error(error);
        apply({ type: 'fail', problem, at: endpoint.now() });
      }
    } finally {
      totals.value = addAnswer(totals.value, exchange.answer.value);
      if (liveSignal.value === exchange) liveSignal.value = undefined;
    }
  }

  function stop(): void {
    controller?.abort();
  }

  function show(turns: readonly Turn[], id?: string): void {
    stop();
    liveSignal.value = undefined;
    exchanges.value = turns.map(({ prompt, answer }) => exchangeOf(prompt, answer));
    conversationId.value = id;
    keptInstructions = undefined;
  }

  return {
    exchanges,
    live: computed(() => liveSignal.value),
    totals,
    conversationId,
    stop,
    show,
    async ask(prompt, options) {
      if (liveSignal.value !== undefined || prompt.trim() === '') return;
      const before = exchanges.value;
      const exchange = exchangeOf(prompt.trim(), newAnswer(options.model, endpoint.now()));
      exchanges.value = [...before, exchange];
      await run(exchange, before, options);
    },
    async askAgain(options) {
      const last = exchanges.value.at(-1);
      if (liveSignal.value !== undefined || last === undefined) return;
      const before = exchanges.value.slice(0, -1);
      const exchange = exchangeOf(last.prompt, newAnswer(options.model, endpoint.now()));
      exchanges.value = [...before, exchange];
      await run(exchange, before, options);
    },
    reset() {
      show([]);
      totals.value = NO_TOTALS;
    },
  };
}
