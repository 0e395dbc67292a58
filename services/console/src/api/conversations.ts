import { callJson } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { ApiError, localProblem } from './problem.ts';
import { isRecord, list } from './json.ts';

export interface ConversationEntry {
  id: string;
  title: string;
  model: string;
  /** Epoch milliseconds. */
  updatedAt: number;
}

export interface KeptMessage {
  role: 'user' | 'assistant';
  text: string;
}

/** Kept conversations, newest first; undefined where the platform keeps none for this key. */
export async function listConversations(endpoint: Endpoint, key: string): Promise<ConversationEntry[] | undefined> {
  let body: unknown;
  try {
    body = await callJson(endpoint, '/v1/conversations', { key });
  } catch (error) {
    if (
      error instanceof ApiError &&
      (error.problem.code === 'permission_denied' || error.problem.code === 'not_found')
    ) {
      return undefined;
    }
    throw error;
  }
  const entries = list(body);
  if (entries === undefined) throw new ApiError(localProblem('unreadable'));
  return entries
    .flatMap((entry) => {
      if (!isRecord(entry) || typeof entry.id !== 'string') return [];
      const { id, title, model, updated_at: updated } = entry;
      return [
        {
          id,
          title: typeof title === 'string' && title.trim() !== '' ? title : 'Untitled',
          model: typeof model === 'string' ? model : '',
          updatedAt: typeof updated === 'number' ? epochMilliseconds(updated) : 0,
        },
      ];
    })
    .sort((a, b) => b.updatedAt - a.updatedAt);
}

/** The turns of one kept conversation, as plain text; system turns and tool calls are left out. */
export async function readConversation(endpoint: Endpoint, key: string, id: string): Promise<KeptMessage[]> {
  const body = await callJson(endpoint, `/v1/conversations/${encodeURIComponent(id)}`, { key });
  if (!isRecord(body) || !Array.isArray(body.messages)) throw new ApiError(localProblem('unreadable'));
  return body.messages.flatMap((message: unknown) => {
    if (!isRecord(message) || (message.role !== 'user' && message.role !== 'assistant')) return [];
    return [{ role: message.role, text: plainText(message.content) }];
  });
}

export async function deleteConversation(endpoint: Endpoint, key: string, id: string): Promise<void> {
  await callJson(endpoint, `/v1/conversations/${encodeURIComponent(id)}`, { key, method: 'DELETE' });
}

function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('');
}

/** OpenAI writes seconds, our records milliseconds; a date before 2001 in milliseconds can only be seconds. */
function epochMilliseconds(value: number): number {
  return value < 1e12 ? value * 1000 : value;
}
