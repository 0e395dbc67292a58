import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly messages: readonly { readonly content: string }[];
  readonly priority?: number;
  readonly stream?: boolean;
}

/** A model server that echoes what it is asked, counts by what that was, and answers when a test lets it. */
export async function openUpstream() {
  const calls = new Map<string, number>();
  const priorities = new Set<number | undefined>();
  const waiting: (() => void)[] = [];
  let [held, underWay, delayMs] = [false, 0, 0];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (request.url !== '/v1/chat/completions') return void response.writeHead(404).end();
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      const content = asked.messages.at(-1)!.content;
      calls.set(content, (calls.get(content) ?? 0) + 1);
      priorities.add(asked.priority);
      underWay += 1;
      if (held) await new Promise<void>((resolve) => waiting.push(resolve));
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      underWay -= 1;
      answer(response, content);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    priorities,
    get underWay() {
      return underWay;
    },
    get total() {
      return [...calls.values()].reduce((sum, count) => sum + count, 0);
    },
    /** Lets every answer take so long. */
    delay: (ms: number) => void (delayMs = ms),
    /** Answers nothing more until it is released. */
    hold: () => void (held = true),
    release: () => {
      held = false;
      for (const wake of waiting.splice(0)) wake();
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `refuse …` is refused, everything else said again. */
function answer(response: ServerResponse, content: string): void {
  const refused = content.startsWith('refuse');
  const body = refused
    ? { error: { message: 'No.', type: 'invalid_request_error', code: 'invalid', param: 'messages' } }
    : {
        id: 'x',
        object: 'chat.completion',
        created: 0,
        model: 'small',
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      };
  response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
