import type { ContentBlock, ImageFormat, Message, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError, type ChatMessage } from '@plinth/contracts';

export interface ConversePrompt {
  readonly system: SystemContentBlock[];
  readonly messages: Message[];
}

type TextContent = Extract<ChatMessage, { role: 'tool' }>['content'];
type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;
type UserPart = Exclude<Extract<ChatMessage, { role: 'user' }>['content'], string>[number];

/**
 * OpenAI's turns as Converse takes them: system and developer text apart, tool results inside user turns, turns of one role merged since
 * roles must alternate. Throws `invalid_request` or `unsupported_feature` for what cannot be said.
 */
export function toConversePrompt(turns: readonly ChatMessage[]): ConversePrompt {
  const system: SystemContentBlock[] = [];
  const messages: Message[] = [];
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'system' || turn.role === 'developer') {
      system.push(...textBlocks(turn.content));
      continue;
    }
    const role = turn.role === 'assistant' ? 'assistant' : 'user';
    const content = contentOf(turn, index);
    if (content.length === 0) throw invalid(`messages.${index}.content`, 'is empty; Bedrock wants text in every turn');
    const last = messages.at(-1);
    if (last?.role === role) last.content!.push(...content);
    else messages.push({ role, content });
  }
  if (messages[0]?.role !== 'user') throw invalid('messages', 'must begin with a user turn after the system text');
  return { system, messages };
}

function contentOf(turn: Exclude<ChatMessage, { role: 'system' | 'developer' }>, index: number): ContentBlock[] {
  switch (turn.role) {
    case 'user':
      if (typeof turn.content === 'string') return textBlocks(turn.content);
      return turn.content.flatMap((part, position) => userBlocks(part, `messages.${index}.content.${position}`));
    case 'assistant':
      return [...textBlocks(turn.content ?? ''), ...toolUses(turn, index)];
    case 'tool': {
      const blocks = textBlocks(turn.content);
      return [
        {
          toolResult: {
            toolUseId: turn.tool_call_id,
            // An empty result is still a result; cache points cannot stand inside one.
            content:
              blocks.length === 0
                ? [{ text: ' ' }]
                : blocks.flatMap(({ text }) => (text === undefined ? [] : [{ text }])),
          },
        },
        ...blocks.flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [{ cachePoint }])),
      ];
    }
  }
}

type TextOrCachePoint = { text: string; cachePoint?: never } | { text?: never; cachePoint: { type: 'default' } };

function textBlocks(content: TextContent): TextOrCachePoint[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
  return content.flatMap((part) => [
    ...(part.text === '' ? [] : [{ text: part.text }]),
    ...(part.cache_control === undefined ? [] : [{ cachePoint: { type: 'default' } as const }]),
  ]);
}

function userBlocks(part: UserPart, field: string): ContentBlock[] {
  return part.type === 'text' ? textBlocks([part]) : [imageBlock(part.image_url.url, field)];
}

const IMAGE_FORMATS: Record<string, ImageFormat> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

function imageBlock(url: string, field: string): ContentBlock {
  const match = /^data:([^;,]+);base64,/i.exec(url.slice(0, 64));
  if (match === null)
    throw new PlatformError(
      'unsupported_feature',
      `${field}: images are taken as data: URLs in base64 only; the platform fetches no remote ones. Send the bytes.`,
      { param: field },
    );
  const format = IMAGE_FORMATS[match[1]!.toLowerCase()];
  if (format === undefined)
    throw new PlatformError('unsupported_feature', `${field}: send a PNG, JPEG, GIF or WebP image.`, { param: field });
  const encoded = url.slice(match[0].length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw invalid(field, 'is not valid base64');
  return { image: { format, source: { bytes: Buffer.from(encoded, 'base64') } } };
}

function toolUses(turn: AssistantMessage, index: number): ContentBlock[] {
  return (turn.tool_calls ?? []).map((call, position) => ({
    toolUse: {
      toolUseId: call.id,
      name: call.function.name,
      input: parseArguments(call.function.arguments, `messages.${index}.tool_calls.${position}.function.arguments`),
    },
  }));
}

type ToolInput = NonNullable<NonNullable<ContentBlock['toolUse']>['input']>;

function parseArguments(json: string, field: string): ToolInput {
  try {
    const input: unknown = JSON.parse(json === '' ? '{}' : json);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as ToolInput;
  } catch (error) {
    // Said below, without the parser's message, which quotes the text.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid(field, 'must be a JSON object');
}

function invalid(field: string, what: string): PlatformError {
  return new PlatformError('invalid_request', `${field} ${what}.`, { param: field });
}
