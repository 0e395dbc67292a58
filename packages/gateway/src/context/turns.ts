import type { ChatMessage } from '@plinth/contracts';
import { messageText } from '../guard/message-text.ts';

/**
 * Leaves out the oldest turns so that about `keepShare` of the text remains. System and developer messages always stay, and so does the
 * last user message with what follows it; a tool's answer goes with the call it belongs to.
 */
export function splitOldestTurns(
  messages: readonly ChatMessage[],
  keepShare: number,
): { kept: ChatMessage[]; dropped: ChatMessage[] } {
  const sizes = messages.map((message) => messageText(message).length + 16);
  let excess = sizes.reduce((sum, size) => sum + size, 0) * (1 - keepShare);
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  const kept: ChatMessage[] = [];
  const dropped: ChatMessage[] = [];
  const droppedCalls = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const pinned = message.role === 'system' || message.role === 'developer' || (lastUser !== -1 && index >= lastUser);
    const orphan = message.role === 'tool' && droppedCalls.has(message.tool_call_id);
    if (pinned || (excess <= 0 && !orphan)) {
      kept.push(message);
      continue;
    }
    dropped.push(message);
    excess -= sizes[index]!;
    if (message.role === 'assistant') for (const call of message.tool_calls ?? []) droppedCalls.add(call.id);
  }
  return { kept, dropped };
}
