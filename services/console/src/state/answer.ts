import type { AnswerReport } from '../api/chat-stream.ts';
import type { Problem } from '../api/problem.ts';

/** `waiting` until the first text; the last three are final. */
export type AnswerStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

export interface Answer {
  status: AnswerStatus;
  text: string;
  model: string;
  /** Epoch milliseconds; absent on answers read back from a kept conversation. */
  startedAt?: number;
  firstTokenAt?: number;
  endedAt?: number;
  report?: AnswerReport;
  problem?: Problem;
}

export type AnswerEvent =
  | { type: 'delta'; text: string; at: number }
  | { type: 'end'; report: AnswerReport; at: number }
  | { type: 'stop'; at: number }
  | { type: 'fail'; problem: Problem; at: number };

export function newAnswer(model: string, startedAt: number): Answer {
  return { status: 'waiting', text: '', model, startedAt };
}

/** An answer read back from a kept conversation. */
export function keptAnswer(model: string, text: string): Answer {
  return { status: 'done', text, model };
}

export function isFinal(answer: Answer): boolean {
  return answer.status !== 'waiting' && answer.status !== 'streaming';
}

/** The next state of an answer. A final answer no longer changes, whatever still arrives. */
export function advance<A extends Answer>(answer: A, event: AnswerEvent): A {
  if (isFinal(answer)) return answer;
  switch (event.type) {
    case 'delta':
      if (event.text === '') return answer;
      return {
        ...answer,
        status: 'streaming',
        text: answer.text + event.text,
        firstTokenAt: answer.firstTokenAt ?? event.at,
      };
    case 'end':
      return { ...answer, status: 'done', report: event.report, endedAt: event.at };
    case 'stop':
      return { ...answer, status: 'stopped', endedAt: event.at };
    case 'fail':
      return { ...answer, status: 'failed', problem: event.problem, endedAt: event.at };
  }
}

/** Milliseconds from asking to the first text, or undefined where there was none. */
export function timeToFirstToken({ startedAt, firstTokenAt }: Answer): number | undefined {
  return startedAt === undefined || firstTokenAt === undefined ? undefined : firstTokenAt - startedAt;
}

/** Output tokens a second after the first, or undefined where there is too little to divide. */
export function tokensPerSecond({ firstTokenAt, endedAt, report }: Answer): number | undefined {
  const tokens = report?.usage?.completion_tokens ?? 0;
  if (firstTokenAt === undefined || endedAt === undefined || tokens < 2 || endedAt - firstTokenAt < 50)
    return undefined;
  return ((tokens - 1) * 1000) / (endedAt - firstTokenAt);
}

/** Whether the guard stopped the question itself: sent again with a later one, it would stop that too. */
export function wasQuestionBlocked(answer: Answer): boolean {
  return answer.report?.guard.some(({ stage, action }) => stage === 'input' && action === 'blocked') === true;
}
