import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { costOf, isRefused, numberOf } from './trial-files.ts';

export interface UpstreamOptions {
  /** How long an answer takes, milliseconds. @default 5 to 20, by chance */
  readonly latencyMs?: () => number;
}

/** A model server that answers after a while and knows who has asked for what. */
export class CountingUpstream {
  readonly #latencyMs: () => number;
  readonly #server: Server;
  /** Calls by record, in all. */
  readonly calls = new Map<number, number>();
  /** Calls as they came: who asked, for which record, and when. */
  readonly log: { readonly by: string; readonly record: number; readonly at: number }[] = [];
  #held: (() => void)[] | undefined;
  #heard: () => void = () => undefined;

  constructor({ latencyMs = () => 5 + Math.random() * 15 }: UpstreamOptions = {}) {
    this.#latencyMs = latencyMs;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** Resolves when there have been so many calls. */
  async until(calls: number): Promise<void> {
    while (this.log.length < calls) await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  /** Answers nothing until it is told to. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += String(part);
    const { custom_id: customId } = JSON.parse(text) as { custom_id: string };
    const record = numberOf(customId);
    const call = (this.calls.get(record) ?? 0) + 1;
    this.calls.set(record, call);
    this.log.push({ by: String(request.headers['x-worker']), record, at: performance.now() });
    this.#heard();
    const refused = isRefused(record);
    const body = refused ? { error: { message: 'no' } } : { content: `It is ${record}`, call };
    const send = () => {
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ body, used: costOf(record) }));
    };
    if (this.#held !== undefined) this.#held.push(send);
    else setTimeout(send, this.#latencyMs());
  }
}
