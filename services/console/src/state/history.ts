import type { ChatMessage } from '@plinth/contracts';
import type { KeptMessage } from '../api/conversations.ts';
import { keptAnswer, wasQuestionBlocked } from './answer.ts';
import type { Answer } from './answer.ts';

export interface Turn {
  prompt: string;
  answer: Answer;
}

/** Whether a turn goes with the questions after it: failed, empty and blocked ones would only break those too. */
export function isRemembered({ answer }: Turn): boolean {
  return (answer.status === 'done' || answer.status === 'stopped') && answer.text !== '' && !wasQuestionBlocked(answer);
}

/** Whether the platform keeps this turn itself, and puts it in front of later questions. */
function isKept({ answer }: Turn): boolean {
  return answer.startedAt === undefined || answer.report?.conversationId !== undefined;
}

export interface Asked {
  prompt: string;
  /** Sent ahead of everything else; empty for none. */
  instructions: string;
  /** The platform keeps this conversation: it wants only what it does not have yet. */
  kept: boolean;
}

/** The messages to send for a question that follows `turns`. */
export function messagesFor(turns: readonly Turn[], { prompt, instructions, kept }: Asked): ChatMessage[] {
  const before = turns
    .filter((turn) => isRemembered(turn) && !(kept && isKept(turn)))
    .flatMap((turn): ChatMessage[] => [
      { role: 'user', content: turn.prompt },
      { role: 'assistant', content: turn.answer.text },
    ]);
  const system: ChatMessage[] = instructions.trim() === '' ? [] : [{ role: 'system', content: instructions.trim() }];
  return [...system, ...before, { role: 'user', content: prompt }];
}

/** Pairs a kept conversation's messages into turns. A question that was never answered has an empty answer. */
export function turnsFrom(messages: readonly KeptMessage[], model: string): Turn[] {
  const turns: Turn[] = [];
  for (const { role, text } of messages) {
    const last = turns.at(-1);
    if (role === 'user') turns.push({ prompt: text, answer: keptAnswer(model, '') });
    else if (last === undefined) turns.push({ prompt: '', answer: keptAnswer(model, text) });
    else last.answer = keptAnswer(model, last.answer.text === '' ? text : `${last.answer.text}\n\n${text}`);
  }
  return turns;
}
