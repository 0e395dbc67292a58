import type { ChatMessage } from '@plinth/contracts';
import type { QueryTurn } from '../ports/query-rewriter.ts';
import type { PackedPassage } from './pack.ts';
import { groundedQuestion, INSTRUCTIONS, passageBlock } from './prompt.ts';

/** Searched for at most, UTF-16 code units; what is longer is cut. */
const MAX_QUESTION = 8_192;

/** Text of the last message. */
export function questionOf(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  return last === undefined ? '' : textOf(last).slice(0, MAX_QUESTION);
}

/** What people and assistant said, oldest first. */
export function turnsOf(messages: readonly ChatMessage[]): QueryTurn[] {
  return messages.flatMap((message) => {
    if (message.role !== 'user' && message.role !== 'assistant') return [];
    const text = textOf(message).slice(0, MAX_QUESTION);
    return text === '' ? [] : [{ role: message.role, text }];
  });
}

/**
 * Our instructions in front, as the only words of a system's authority that are not the caller's; the passages with the question, as a user's words
 * are, since nobody vouches for them.
 */
export function groundedMessages(messages: readonly ChatMessage[], packed: readonly PackedPassage[]): ChatMessage[] {
  const last = messages.at(-1)!;
  const question: ChatMessage =
    last.role === 'user' && typeof last.content !== 'string'
      ? { ...last, content: [{ type: 'text', text: passageBlock(packed) }, ...last.content] }
      : { role: 'user', content: groundedQuestion(packed, textOf(last)) };
  return [{ role: 'system', content: INSTRUCTIONS }, ...messages.slice(0, -1), question];
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
