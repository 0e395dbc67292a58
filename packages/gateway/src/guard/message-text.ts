import type { ChatMessage } from '@plinth/contracts';

/** Applies `change` to every piece of text a caller wrote, leaving all else of the message as it is. */
export function mapMessageText(message: ChatMessage, change: (text: string) => string): ChatMessage {
  if (message.role === 'assistant' && message.tool_calls !== undefined) {
    const tool_calls = message.tool_calls.map((call) => ({
      ...call,
      function: { ...call.function, arguments: change(call.function.arguments) },
    }));
    return { ...message, tool_calls, content: mapContent(message.content, change) } as ChatMessage;
  }
  return { ...message, content: mapContent(message.content, change) } as ChatMessage;
}

type Content = ChatMessage['content'];

function mapContent(content: Content, change: (text: string) => string): Content {
  if (content === null || content === undefined) return content;
  if (typeof content === 'string') return change(content);
  return content.map((part) => (part.type === 'text' ? { ...part, text: change(part.text) } : part)) as Content;
}

/** All text of a message as one string. */
export function messageText(message: ChatMessage): string {
  const content = message.content;
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
