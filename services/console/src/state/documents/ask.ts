import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import { explainAnswer, sendFeedback } from '../../api/rag/explanation.ts';
import type { ExplainedPassage } from '../../api/rag/explanation.ts';
import { streamAnswer, UNGROUNDED } from '../../api/rag/answer-stream.ts';
import type { Grounding } from '../../api/rag/answer-stream.ts';
import { advance, newAnswer } from '../answer.ts';
import type { Answer, AnswerEvent } from '../answer.ts';
import { createFrameBatch } from '../frame-batch.ts';
import type { FrameScheduler } from '../frame-batch.ts';
import { messagesFor } from '../history.ts';
import { problemOf } from '../attempt.ts';

export interface GroundedAnswer extends Answer {
  grounding: Grounding;
  /** What came closest, where the documents do not answer; absent until it is known. */
  closest?: readonly ExplainedPassage[];
  feedback?: 'up' | 'down' | 'sending' | 'failed';
}

/** One question to the documents and its answer. */
export interface GroundedExchange {
  id: number;
  prompt: string;
  answer: Signal<GroundedAnswer>;
}

export interface AskState {
  readonly exchanges: ReadonlySignal<readonly GroundedExchange[]>;
  readonly live: ReadonlySignal<GroundedExchange | undefined>;
  /** What is typed and not yet asked. */
  readonly draft: Signal<string>;
  /** Asks; resolves when the answer is final. Does nothing while another is on its way. */
  ask(prompt: string): Promise<void>;
  askAgain(): Promise<void>;
  rate(exchange: GroundedExchange, rating: 'up' | 'down'): Promise<void>;
  stop(): void;
  clear(): void;
}

export interface AskParts {
  endpoint: Endpoint;
  frames: FrameScheduler;
  key: () => string | undefined;
  model: () => string | undefined;
}

/** Passages shown where the documents do not answer. */
const CLOSEST = 3;

export function createAsk({ endpoint, frames, key, model }: AskParts): AskState {
  const exchanges = signal<readonly GroundedExchange[]>([]);
  const liveSignal = signal<GroundedExchange | undefined>(undefined);
  const draft = signal('');
  let controller: AbortController | undefined;
  let lastId = 0;

  async function run(prompt: string, before: readonly GroundedExchange[]): Promise<void> {
    const [held, chosen] = [key(), model()];
    if (held === undefined || chosen === undefined || liveSignal.value !== undefined || prompt === '') return;
    const mine = new AbortController();
    controller = mine;
    lastId += 1;
    const answer = signal<GroundedAnswer>({ ...newAnswer(chosen, endpoint.now()), grounding: UNGROUNDED });
    const exchange = { id: lastId, prompt, answer };
    exchanges.value = [...before, exchange];
    liveSignal.value = exchange;
    const apply = (event: AnswerEvent) => {
      answer.value = advance(answer.value, event);
    };
    const batch = createFrameBatch((text, at) => apply({ type: 'delta', text, at }), frames);
    const turns = before.map((each) => ({ prompt: each.prompt, answer: each.answer.value }));
    const request = { model: chosen, messages: messagesFor(turns, { prompt, instructions: '', kept: false }) };
    const onGrounding = (grounding: Grounding) => {
      // Offsets are into the text that came before them: it must be on the page first.
      batch.flush();
      answer.value = { ...answer.value, grounding };
    };
    try {
      for await (const event of streamAnswer(endpoint, held, request, mine.signal, onGrounding)) {
        if (event.type === 'delta') batch.add(event.text, endpoint.now());
        else {
          batch.flush();
          apply({ type: 'end', report: event.report, at: endpoint.now() });
        }
      }
    } catch (error) {
      batch.flush();
      if (mine.signal.aborted) apply({ type: 'stop', at: endpoint.now() });
      else apply({ type: 'fail', problem: problemOf(error), at: endpoint.now() });
    } finally {
      if (liveSignal.value === exchange) liveSignal.value = undefined;
    }
    if (answer.value.grounding.abstained) await findClosest(exchange, held, mine.signal);
  }

  /** What the search found is in the explanation. Without it the abstention stands alone, which is no failure of the answer. */
  async function findClosest({ answer }: GroundedExchange, held: string, signal: AbortSignal): Promise<void> {
    const { answerId } = answer.value.grounding;
    if (answerId === undefined) return;
    try {
      const { passages } = await explainAnswer(endpoint, held, { answerId, attribution: false, signal });
      answer.value = { ...answer.value, closest: passages.slice(0, CLOSEST) };
    } catch (error) {
      if (!signal.aborted) problemOf(error);
    }
  }

  return {
    exchanges,
    live: computed(() => liveSignal.value),
    draft,
    async ask(prompt) {
      await run(prompt.trim(), exchanges.value);
    },
    async askAgain() {
      const last = exchanges.value.at(-1);
      if (last !== undefined && liveSignal.value === undefined) await run(last.prompt, exchanges.value.slice(0, -1));
    },
    async rate({ answer }, rating) {
      const held = key();
      const { answerId } = answer.value.grounding;
      if (held === undefined || answerId === undefined || answer.value.feedback === 'sending') return;
      answer.value = { ...answer.value, feedback: 'sending' };
      try {
        await sendFeedback(endpoint, held, answerId, rating);
        answer.value = { ...answer.value, feedback: rating };
      } catch (error) {
        problemOf(error);
        answer.value = { ...answer.value, feedback: 'failed' };
      }
    },
    stop: () => controller?.abort(),
    clear() {
      controller?.abort();
      liveSignal.value = undefined;
      exchanges.value = [];
      draft.value = '';
    },
  };
}
