import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { errorResponse, fakeEndpoint } from '../../testing/fake-endpoint.ts';
import type { Sent } from '../../testing/fake-endpoint.ts';
import { fakeWatch } from '../../testing/fake-watch.ts';
import { LONGEST_MS, SHORTEST_MS } from '../polling.ts';
import { createSites } from './sites.ts';

const view = (given: object = {}) => ({
  object: 'site',
  name: 'lab',
  mode: 'serving',
  link: { online: true, since: 100 },
  bundle: { sequence: 7, issued_at: 1, expires_at: 90, activated_at: 2, proven: true, unconfirmed_seconds: 3 },
  staging: null,
  rejected: [],
  trouble: null,
  outbox: { items: 0, oldest_seconds: 0 },
  models: [
    { id: 'small', on_site: true },
    { id: 'large', on_site: false },
  ],
  ...given,
});
const item = (id: string, status: string, answer?: string) => ({
  id,
  object: 'async.chat.completion',
  status,
  created_at: 5,
  expires_at: 50,
  ended_at: status === 'queued' ? null : 9,
  response: answer === undefined ? null : { choices: [{ message: { role: 'assistant', content: answer } }] },
  error: status === 'failed' ? { code: 'request_timeout', message: 'Too late.' } : null,
});
const list = (...data: object[]) => Response.json({ object: 'list', data });

type Answer = (sent: Sent) => Response | Promise<Response> | undefined;

/** A platform with a site under /edge; `answer` comes first, and what it leaves is answered as by a site in good order. */
function open(answer: Answer = () => undefined) {
  const fake = fakeEndpoint(async (sent) => {
    const given = await answer(sent);
    if (given !== undefined) return given;
    if (sent.path === '/edge/v1/site') return Response.json(view());
    if (sent.path.startsWith('/edge/v1/async?') || sent.path === '/v1/routes') return list();
    return errorResponse(404, 'not_found');
  });
  const key = signal<string | undefined>('good');
  const watch = fakeWatch();
  const sites = createSites({ endpoint: fake.endpoint, key, watch });
  return { sites, key, watch, ...fake };
}

async function entered(answer?: Answer) {
  const opened = open(answer);
  opened.sites.watch();
  await opened.watch.settle();
  return opened;
}

describe('the sites mode', () => {
  it('finds a site beside the platform, and reads how it stands', async () => {
    const { sites } = await entered();
    expect(sites.site.value).toMatchObject({
      status: 'ready',
      value: {
        name: 'lab',
        link: { online: true, since: 100_000 },
        bundle: { sequence: 7, expiresAt: 90_000, unconfirmedMs: 3_000, stale: false },
        models: [
          { id: 'small', onSite: true },
          { id: 'large', onSite: false },
        ],
      },
    });
    expect(sites.link.value).toBeUndefined();
    expect(sites.stale.value).toBeUndefined();
  });

  it('finds the site whose own page it is, and asks it under its own paths', async () => {
    const { sites, sent } = await entered(({ path }) => {
      if (path.startsWith('/edge')) return errorResponse(404, 'not_found');
      if (path === '/v1/site') return Response.json(view({ name: 'own' }));
      return path.startsWith('/v1/async?') ? list(item('a', 'queued')) : undefined;
    });
    expect(sites.site.value).toMatchObject({ value: { name: 'own' } });
    expect(sites.outbox.items.value).toMatchObject([{ id: 'a', status: 'queued' }]);
    expect(sent.map(({ path }) => path)).toContain('/v1/link');
  });

  it('is a ready answer of none where there is no site, and is not asked for again', async () => {
    const { sites, watch, sent } = await entered(() => new Response('<html>', { status: 404 }));
    await watch.step();
    expect(sites.site.value).toEqual({ status: 'ready', value: undefined });
    expect(sent.map(({ path }) => path)).toEqual(['/edge/v1/site', '/v1/site']);
  });

  it('keeps what was seen while looking fails, in part or whole, and says so', async () => {
    let failing = '';
    const { sites, watch } = await entered(({ path }) =>
      failing !== '' && path.startsWith(failing) ? errorResponse(503, 'overloaded') : undefined,
    );
    for (failing of ['/edge/v1/async', '/edge/v1/site']) {
      await watch.step();
      expect(sites.site.value).toMatchObject({ status: 'ready', value: { name: 'lab' } });
      expect(sites.stale.value).toMatchObject({ code: 'overloaded' });
    }
    failing = '';
    await watch.step();
    expect(sites.stale.value).toBeUndefined();
  });

  it('looks often while something is about to happen, and seldom while nothing is', async () => {
    let link = 'up';
    let online = true;
    const { sites, watch } = await entered(({ path, method }) => {
      if (path === '/edge/v1/link') {
        if (method === 'POST') link = 'down';
        return Response.json({ object: 'link_switch', mode: link });
      }
      return path === '/edge/v1/site' ? Response.json(view({ link: { online, since: 1 } })) : undefined;
    });
    for (let look = 0; look < 9; look += 1) await watch.step();
    expect(watch.pauses.at(-1)).toBe(LONGEST_MS);
    await sites.turn('down');
    for (let look = 0; look < 5; look += 1) await watch.step();
    expect(watch.pauses.at(-1)).toBe(SHORTEST_MS);
    online = false;
    for (let look = 0; look < 9; look += 1) await watch.step();
    expect(watch.pauses.at(-1)).toBe(LONGEST_MS);
  });

  it('does not ask a site that is stopped for its outbox', async () => {
    const { sites, sent } = await entered(({ path }) =>
      path === '/edge/v1/site' ? Response.json(view({ mode: 'stopped', bundle: null })) : undefined,
    );
    expect(sites.site.value).toMatchObject({ value: { mode: 'stopped', bundle: undefined } });
    expect(sent.some(({ path }) => path.startsWith('/edge/v1/async'))).toBe(false);
  });

  it('forgets everything when another key signs in', async () => {
    const { sites, key } = await entered(({ path }) =>
      path.startsWith('/edge/v1/async?') ? list(item('a', 'queued')) : undefined,
    );
    sites.questions.draft.value = 'secret';
    key.value = 'other';
    expect(sites.site.value).toEqual({ status: 'idle' });
    expect(sites.outbox.items.value).toEqual([]);
    expect(sites.questions.draft.value).toBe('');
  });
});

describe('the switch of the link', () => {
  it('says why it was not turned, and stays where it was', async () => {
    const { sites } = await entered(({ path, method }) => {
      if (path !== '/edge/v1/link') return undefined;
      return method === 'POST' ? errorResponse(503, 'overloaded') : Response.json({ mode: 'slow' });
    });
    await sites.turn('down');
    expect(sites.link.value).toBe('slow');
    expect(sites.linkProblem.value).toMatchObject({ code: 'overloaded' });
    expect(sites.turning.value).toBe(false);
  });

  it('is not turned back by a look that began before', async () => {
    let release = () => {};
    let looks = 0;
    const { sites, watch } = await entered(async ({ path, method }) => {
      if (path !== '/edge/v1/link') return undefined as never;
      if (method === 'POST') return Response.json({ mode: 'down' });
      looks += 1;
      if (looks === 2) await new Promise<void>((resolve) => (release = resolve));
      return Response.json({ mode: looks > 2 ? 'down' : 'up' });
    });
    await watch.step();
    await sites.turn('down');
    release();
    await watch.settle();
    expect(sites.link.value).toBe('down');
  });
});

describe('a question to a site', () => {
  const ask = async ({ sites }: Awaited<ReturnType<typeof entered>>, model: string) => {
    sites.questions.draft.value = ' Why? ';
    await sites.questions.ask(model);
  };
  const state = ({ sites }: Awaited<ReturnType<typeof entered>>) => sites.questions.asked.value[0]?.state;

  it('is answered', async () => {
    const opened = await entered(({ path }) =>
      path === '/edge/v1/chat/completions'
        ? Response.json({ choices: [{ message: { role: 'assistant', content: 'So.' } }] })
        : undefined,
    );
    await ask(opened, 'small');
    expect(state(opened)).toEqual({ kind: 'answered', text: 'So.' });
    expect(opened.sent.find(({ method }) => method === 'POST')?.body).toMatchObject({
      model: 'small',
      messages: [{ role: 'user', content: 'Why?' }],
    });
    expect(opened.sites.questions.draft.value).toBe('');
  });

  it('waits where the link is down; its answer is read once it is there, and told', async () => {
    let status = 'queued';
    const opened = await entered(({ path }) => {
      if (path === '/edge/v1/chat/completions') return Response.json(item('a', 'queued'), { status: 202 });
      if (path.startsWith('/edge/v1/async?')) return list(item('a', status));
      return path === '/edge/v1/async/a' ? Response.json(item('a', 'completed', 'Later.')) : undefined;
    });
    await ask(opened, 'large');
    expect(state(opened)).toEqual({ kind: 'kept', id: 'a' });
    await opened.watch.settle();
    expect(opened.sites.outbox.delivered.value).toBeUndefined();
    status = 'completed';
    await opened.watch.step();
    expect(opened.sites.outbox.items.value).toMatchObject([{ status: 'completed', answer: 'Later.' }]);
    expect(opened.sites.outbox.delivered.value).toMatchObject({ id: 'a' });
    await opened.watch.step();
    expect(opened.sites.outbox.items.value).toMatchObject([{ answer: 'Later.' }]);
    expect(opened.sent.filter(({ path }) => path === '/edge/v1/async/a')).toHaveLength(1);
  });

  it('that was refused can be asked again, under the same name', async () => {
    const opened = await entered();
    await ask(opened, 'small');
    expect(state(opened)).toMatchObject({ kind: 'failed', problem: { code: 'not_found' } });
    await opened.sites.questions.askAgain(opened.sites.questions.asked.value[0]!);
    const names = opened.sent.flatMap(({ method, headers }) =>
      method === 'POST' ? [headers.get('idempotency-key')] : [],
    );
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), names[0]]);
    expect(opened.sent.at(-1)?.headers.get('prefer')).toBe('respond-async');
  });

  it('of nothing is not sent', async () => {
    const opened = await entered();
    opened.sites.questions.draft.value = '  ';
    await opened.sites.questions.ask('small');
    expect(opened.sent.some(({ method }) => method === 'POST')).toBe(false);
  });
});
