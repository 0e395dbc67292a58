import type { IncomingMessage, ServerResponse } from 'node:http';
import { LinkSwitchTurn } from '@plinth/contracts';
import type { AsyncObject, ChatCompletion, LinkSwitchMode, RouteList, SiteView } from '@plinth/contracts';
import { refuse } from '../e2e/scripted-answers.ts';
import { KEYS } from '../e2e/scripted-platform.ts';
import type { Script } from '../e2e/scripted-platform.ts';

/** A site and the routes beside it, from a script: a test changes what is in it, and sees what was asked. */
export interface ScriptedSite {
  readonly handle: Script;
  readonly view: SiteView;
  /** Newest first. */
  readonly items: AsyncObject[];
  readonly routes: RouteList['data'];
  /** Undefined where nothing turns the link. */
  link: LinkSwitchMode | undefined;
  /** Chat requests as they came: model, and what its headers prefer. */
  readonly asked: { model: string; prefer: string | undefined; idempotencyKey: string | undefined }[];
  /** While set, everything is refused with this. */
  failing: { status: number; code: string; message: string } | undefined;
  /** Answer of a model; undefined: it says what it was asked. */
  reply: string | undefined;
  /** Refuses the next chat request. */
  refuseNext: boolean;
  /** As if the site had found out what the link is. */
  notice(): void;
  /** Delivers what waits. */
  deliver(): void;
  add(given: Partial<AsyncObject>): AsyncObject;
}

export const NOW = Math.floor(Date.now() / 1_000);
const DAY = 86_400;
const LOCAL = 'smollm2-135m-instruct';
export const CENTRAL = 'smollm2-135m-instruct-centre';

export function scriptSite(): ScriptedSite {
  const asked: ScriptedSite['asked'] = [];
  const items: AsyncObject[] = [];
  const view: SiteView = {
    object: 'site',
    name: 'laptop',
    mode: 'serving',
    link: { online: true, since: NOW - 1_260 },
    bundle: {
      sequence: 1_795_964_414,
      issued_at: NOW - 7_200,
      expires_at: NOW + 30 * DAY - 7_200,
      activated_at: NOW - 7_190,
      proven: true,
      unconfirmed_seconds: 4,
      stale: false,
    },
    staging: null,
    rejected: [],
    trouble: null,
    outbox: { items: 0, oldest_seconds: 0 },
    models: [
      { id: LOCAL, on_site: true },
      { id: CENTRAL, on_site: false },
    ],
  };
  const member = { in_flight: 0, breaker: 'closed' as const };
  const routes: RouteList['data'] = [
    {
      model: `${LOCAL}-hybrid`,
      pools: [
        { id: 'own', owner: 'own', local: true, members: [{ ...member, id: 'vllm', limit: 2, ttft_ms: 84 }] },
        { id: 'bedrock', owner: 'managed', local: false, members: [{ ...member, id: 'bedrock', limit: 16 }] },
      ],
    },
  ];

  function add(given: Partial<AsyncObject>): AsyncObject {
    const item: AsyncObject = {
      id: `async_${String(items.length + 1).padStart(4, '0')}-4b12-9d5e`,
      object: 'async.chat.completion',
      status: 'queued',
      created_at: Math.floor(Date.now() / 1_000),
      expires_at: NOW + 3 * DAY,
      ended_at: null,
      response: null,
      error: null,
      ...given,
    };
    items.unshift(item);
    count();
    return item;
  }

  function count(): void {
    const waiting = items.filter(({ status }) => status === 'queued' || status === 'in_progress');
    const oldest = Math.min(...waiting.map(({ created_at }) => created_at));
    const age = waiting.length === 0 ? 0 : Math.max(0, Math.floor(Date.now() / 1_000) - oldest);
    view.outbox = { items: waiting.length, oldest_seconds: age };
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model, messages } = (await bodyOf(request)) as { model: string; messages: { content: string }[] };
    const { prefer, 'idempotency-key': idempotencyKey } = request.headers;
    asked.push({ model, prefer: prefer as string | undefined, idempotencyKey: idempotencyKey as string | undefined });
    if (script.refuseNext) {
      script.refuseNext = false;
      return refuse(response, 503, 'disk_full', 'The disk of this site is nearly full.');
    }
    if (model === CENTRAL && script.link === 'down') return json(response, add({}), 202);
    json(response, completion(model, script.reply ?? `${model} says: ${messages[0]?.content}`));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/^\/edge/, '');
    if (request.headers.authorization !== `Bearer ${KEYS.plain}`)
      return refuse(response, 401, 'invalid_api_key', 'The API key is not known.');
    if (path === '/v1/routes') return json(response, { object: 'list', data: routes });
    if (script.failing !== undefined)
      return refuse(response, script.failing.status, script.failing.code, script.failing.message);
    if (path === '/v1/site') {
      count();
      return json(response, view);
    }
    if (path === '/v1/chat/completions') return chat(request, response);
    if (path === '/v1/link' && script.link !== undefined) {
      if (request.method === 'POST') script.link = LinkSwitchTurn.parse(await bodyOf(request)).mode;
      return json(response, { object: 'link_switch', mode: script.link });
    }
    if (path === '/v1/async') {
      const data = items.map((item) => ({ ...item, response: null }));
      return json(response, { object: 'list', data, first_id: null, last_id: null, has_more: false });
    }
    const item = items.find(({ id }) => path === `/v1/async/${id}`);
    if (item !== undefined) return json(response, item);
    refuse(response, 404, 'not_found', 'There is nothing here.');
  }

  const script: ScriptedSite = {
    handle,
    view,
    items,
    routes,
    link: 'up',
    asked,
    failing: undefined,
    reply: undefined,
    refuseNext: false,
    notice() {
      view.link = { online: script.link !== 'down', since: Math.floor(Date.now() / 1_000) };
    },
    deliver() {
      for (const item of items) {
        if (item.status !== 'queued') continue;
        const response = completion(CENTRAL, 'Gravity is what keeps the apple from the moon.');
        Object.assign(item, { status: 'completed', ended_at: Math.floor(Date.now() / 1_000), response });
      }
      count();
    },
    add,
  };
  return script;
}

export function completion(model: string, content: string): ChatCompletion {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: NOW,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs: null }],
    usage: { prompt_tokens: 10, completion_tokens: 12, total_tokens: 22 },
  };
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
