import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { ChatCompletionRequest } from '@plinth/contracts';
import { CONSOLE_HEADERS } from '@plinth/console/headers';
import { refuse, SCRIPTS } from './scripted-answers.ts';

/** Keys the scripted platform knows: one for which conversations are kept, one for which they are not. */
export const KEYS = { plain: 'plinth_scripted_plain', keeps: 'plinth_scripted_keeps' } as const;

export interface ScriptedPlatform {
  url: string;
  /** Chat requests as they came, oldest first. */
  requests: ChatCompletionRequest[];
  /** Chat requests whose client left before the end. */
  left(): number;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Answers the requests of a part of the platform. */
export type Script = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * A server that speaks the platform's protocol from a script: the built console at `/`, its API beside it, errors on demand. Without a script for
 * `/rag/`, it is a platform that has no documents; without one for `/v1/files` and `/v1/batches`, one that runs no batches; without one for `/edge/` and `/v1/routes`, one
 * that has no site beside it.
 */
export async function startScriptedPlatform(
  consoleFolder: string,
  documents?: Script,
  batches?: Script,
  site?: Script,
): Promise<ScriptedPlatform> {
  const requests: ChatCompletionRequest[] = [];
  const conversations = new Map<string, { title: string; messages: unknown[]; at: number }>([
    [
      'conv-old',
      {
        title: 'What a reservation is',
        at: 1_760_000_000_000,
        messages: [
          { role: 'user', content: 'What is a reservation?' },
          { role: 'assistant', content: 'A hold on a budget.' },
        ],
      },
    ],
  ]);
  let left = 0;
  let limited = 0;

  async function chat(request: IncomingMessage, response: ServerResponse, keeps: boolean): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatCompletionRequest;
    requests.push(body);
    const prompt = String(body.messages.at(-1)?.content);
    const script = /^\w+/.exec(prompt)?.[0] ?? '';
    if (script === 'limited') {
      limited += 1;
      if (limited % 2 === 1)
        return refuse(response, 429, 'rate_limit_exceeded', 'The key allows 20 requests a minute.', {
          'retry-after': '2',
        });
    }
    const gone = new AbortController();
    response.on('close', () => {
      if (response.writableEnded) return;
      left += 1;
      gone.abort();
    });
    let conversationId: string | undefined;
    if (keeps) {
      conversationId = body.conversation_id ?? `conv-${requests.length}`;
      const kept = conversations.get(conversationId) ?? { title: prompt, messages: [], at: 0 };
      kept.at = Date.now();
      kept.messages.push(...body.messages, { role: 'assistant', content: 'A kept answer.' });
      conversations.set(conversationId, kept);
    }
    await (SCRIPTS[script] ?? SCRIPTS.echo)?.({ request: body, response, left: gone.signal, conversationId });
  }

  function keptConversations(method: string, id: string | undefined, response: ServerResponse): void {
    const list = [...conversations].map(([key, { title, at }]) => ({
      id: key,
      object: 'conversation',
      title,
      model: 'scripted-small',
      created_at: at,
      updated_at: at,
    }));
    if (id === undefined) return json(response, { object: 'list', data: list });
    const found = conversations.get(id);
    if (found === undefined) return refuse(response, 404, 'not_found', 'There is no such conversation of yours.');
    if (method === 'DELETE') {
      conversations.delete(id);
      return json(response, { id, object: 'conversation.deleted', deleted: true });
    }
    return json(response, {
      id,
      object: 'conversation',
      title: found.title,
      model: 'scripted-small',
      messages: found.messages,
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/rag/') && documents !== undefined) return documents(request, response);
    if (/^\/(edge\/|v1\/routes$)/.test(path) && site !== undefined) return site(request, response);
    if (!path.startsWith('/v1/')) return file(consoleFolder, path, response);
    const key = request.headers.authorization?.replace(/^Bearer /, '');
    if (key !== KEYS.plain && key !== KEYS.keeps)
      return refuse(response, 401, 'invalid_api_key', 'The API key is not known.');
    const keeps = key === KEYS.keeps;
    if (path === '/v1/models') {
      const models = ['scripted-small', 'scripted-large'].map((id, index) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'tests',
        context_length: 8_192 * 4 ** index,
      }));
      return json(response, { object: 'list', data: models });
    }
    if (/^\/v1\/(files|batches)\b/.test(path) && batches !== undefined) return batches(request, response);
    if (path === '/v1/chat/completions') return chat(request, response, keeps);
    if (!path.startsWith('/v1/conversations')) return refuse(response, 404, 'not_found', 'There is nothing here.');
    if (!keeps) return refuse(response, 403, 'permission_denied', 'Conversations are not kept for this key.');
    return keptConversations(request.method ?? 'GET', path.split('/')[3], response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    left: () => left,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function file(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = path === '/' ? '/index.html' : normalize(path);
  try {
    const content = await readFile(join(folder, name));
    response.writeHead(200, { ...CONSOLE_HEADERS, 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    // Whatever is not in the folder is not there.
    response.writeHead(404).end();
  }
}
