import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model server, OpenAI-compatible, that answers `item 7 …` with `answer to item 7` after a while and knows how often it was asked for each. */
export class CountingModel {
  readonly #latencyMs: number;
  readonly #server: Server;
  /** Calls by the first two words of what was said. */
  readonly calls = new Map<string, number>();
  total = 0;

  constructor({ latencyMs }: { readonly latencyMs: number }) {
    this.#latencyMs = latencyMs;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Starts it. @returns Its address, which ends before `/v1`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Calls for the same thing beyond the first. */
  get repeated(): number {
    return [...this.calls.values()].reduce((sum, calls) => sum + calls - 1, 0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health') return void response.end('{}');
    let text = '';
    try {
      for await (const part of request) text += String(part);
    } catch {
      // The caller is gone before it has asked.
      return;
    }
    const { messages } = JSON.parse(text) as { messages: { content: string }[] };
    // What comes after the name makes it long.
    const said = messages.at(-1)!.content.split(' ', 2).join(' ');
    this.calls.set(said, (this.calls.get(said) ?? 0) + 1);
    this.total += 1;
    setTimeout(() => {
      const message = { role: 'assistant', content: `answer to ${said}` };
      const usage = { prompt_tokens: said.length, completion_tokens: 10, total_tokens: said.length + 10 };
      const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
    }, this.#latencyMs);
  }
}
