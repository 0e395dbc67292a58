import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { askSite } from '../../api/sites/ask.ts';
import type { AsyncItem } from '../../api/sites/async-items.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import type { Problem } from '../../api/problem.ts';
import { problemOf } from '../attempt.ts';

export type QuestionState =
  | { kind: 'asking' }
  | { kind: 'answered'; text: string }
  /** In the outbox; what came of it is told by its item. */
  | { kind: 'kept'; id: string }
  | { kind: 'failed'; problem: Problem };

/** A question that was put to a site from this page. */
export interface Question {
  /** Name of the try and of its repetitions. */
  name: string;
  model: string;
  text: string;
  state: QuestionState;
}

export interface QuestionsState {
  /** Newest first. */
  readonly asked: ReadonlySignal<readonly Question[]>;
  /** What is typed and not yet sent. */
  readonly draft: Signal<string>;
  ask(model: string): Promise<void>;
  askAgain(question: Question): Promise<void>;
  clear(): void;
}

interface QuestionsParts {
  /** Where the site is, and with which key. Undefined where there is none. */
  site: () => { at: Endpoint; key: string } | undefined;
  onKept: (item: AsyncItem) => void;
}

/** More are forgotten, the oldest first. */
const REMEMBERED = 20;

export function createQuestions({ site, onKept }: QuestionsParts): QuestionsState {
  const asked = signal<readonly Question[]>([]);
  const draft = signal('');
  let leaving = new AbortController();

  async function send(question: Question): Promise<void> {
    const found = site();
    if (found === undefined) return;
    const { name, model, text } = question;
    const { signal: left } = leaving;
    const show = (state: QuestionState) => {
      if (!left.aborted) asked.value = asked.value.map((each) => (each.name === name ? { ...each, state } : each));
    };
    show({ kind: 'asking' });
    try {
      const answer = await askSite(found.at, found.key, { model, question: text, idempotencyKey: name }, left);
      if (answer.kind === 'answered') return show({ kind: 'answered', text: answer.text });
      if (!left.aborted) onKept(answer.item);
      show({ kind: 'kept', id: answer.item.id });
    } catch (error) {
      if (!left.aborted) show({ kind: 'failed', problem: problemOf(error) });
    }
  }

  return {
    asked,
    draft,
    async ask(model) {
      const text = draft.value.trim();
      if (text === '' || site() === undefined) return;
      const question: Question = { name: newName(), model, text, state: { kind: 'asking' } };
      draft.value = '';
      asked.value = [question, ...asked.value].slice(0, REMEMBERED);
      await send(question);
    },
    askAgain: send,
    clear() {
      leaving.abort();
      leaving = new AbortController();
      asked.value = [];
      draft.value = '';
    },
  };
}

/** Where a page came over plain HTTP, as it may from a site, there are no UUIDs. */
function newName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
