import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { FormRequest } from '../../api/batches/upload.ts';
import { addressBar } from '../../testing/address-bar.ts';
import { errorResponse, fakeEndpoint } from '../../testing/fake-endpoint.ts';
import type { Sent } from '../../testing/fake-endpoint.ts';
import { fakeWatch } from '../../testing/fake-watch.ts';
import { createRoute } from '../route.ts';
import { createBatches } from './batches.ts';

const batch = (id: string, given: object = {}) => ({
  id,
  object: 'batch',
  endpoint: '/v1/chat/completions',
  input_file_id: `file-${id}`,
  status: 'in_progress',
  created_at: 1,
  in_progress_at: 2,
  expires_at: 100,
  request_counts: { total: 10, completed: 1, failed: 0 },
  ...given,
});
const page = (...data: object[]) => Response.json({ object: 'list', data, has_more: false, last_id: null });
const LINE = '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"small"}}\n';

function open(answer: (sent: Sent) => Response | Promise<Response | undefined> | undefined, hash = '#/batches') {
  const fake = fakeEndpoint(async (sent) => {
    const given = await answer(sent);
    if (given !== undefined) return given;
    const [, , kind, id] = sent.path.split('/');
    if (kind === 'files') return Response.json({ id, filename: `${id}.jsonl`, bytes: 12 });
    return errorResponse(404, 'not_found');
  });
  const key = signal<string | undefined>('good');
  const watch = fakeWatch();
  const forms: FormRequest[] = [];
  const upload = {
    answer: (): Promise<Response> => Promise.resolve(Response.json({ id: 'file-up', filename: 'up.jsonl', bytes: 1 })),
  };
  const route = createRoute(addressBar(hash));
  const batches = createBatches({
    endpoint: fake.endpoint,
    sendForm: async (request) => {
      forms.push(request);
      const response = await upload.answer();
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
    },
    watch,
    key,
    route,
  });
  return { batches, key, watch, forms, upload, route, ...fake };
}

describe('the list of batches', () => {
  it('is a ready answer of none where the route is not known, and is not asked for again', async () => {
    const { batches, watch, sent } = open(() => new Response('<html>', { status: 404 }));
    batches.list.watch();
    await watch.step();
    expect(batches.list.page.value).toEqual({ status: 'ready', value: undefined });
    expect(sent).toHaveLength(1);
  });

  it('reads batches, asks once for each name that is missing, and passes over what it does not know', async () => {
    const { batches, watch, sent } = open((asked) =>
      asked.path.startsWith('/v1/batches')
        ? page(
            batch('a', { metadata: { name: 'Mails' }, plinth: { quote_usd: 2, cost_usd: 0.5, rate: 4 } }),
            batch('b'),
            { id: 'c', status: 'new' },
          )
        : undefined,
    );
    batches.list.watch();
    await watch.step();
    await watch.step();
    const { page: shown } = batches.list;
    expect(shown.value).toMatchObject({
      value: {
        batches: [
          { id: 'a', name: 'Mails', quoteUsd: 2, costUsd: 0.5, expiresAt: 100_000 },
          { id: 'b', quoteUsd: undefined },
        ],
      },
    });
    expect(sent.filter(({ path }) => path.startsWith('/v1/files')).map(({ path }) => path)).toEqual([
      '/v1/files/file-b',
    ]);
    expect(batches.files.value.get('file-b')).toMatchObject({ name: 'file-b.jsonl' });
  });

  it('keeps what was seen while looking fails, and says so until it works again', async () => {
    let down = false;
    const { batches, watch } = open((asked) =>
      !asked.path.startsWith('/v1/batches')
        ? undefined
        : down
          ? errorResponse(503, 'storage_failed')
          : page(batch('a')),
    );
    batches.list.watch();
    await watch.step();
    down = true;
    await watch.step();
    expect(batches.list.page.value).toMatchObject({ status: 'ready', value: { batches: [{ id: 'a' }] } });
    expect(batches.list.stale.value).toMatchObject({ code: 'storage_failed' });
    down = false;
    await watch.step();
    expect(batches.list.stale.value).toBeUndefined();
  });

  it('turns pages, and a page that comes too late is not shown', async () => {
    let looks = 0;
    let release = () => {};
    const { batches, watch } = open(async ({ path }) => {
      if (!path.startsWith('/v1/batches')) return undefined;
      const first = !path.includes('after=');
      looks += 1;
      if (looks === 2) await new Promise<void>((resolve) => (release = resolve));
      return Response.json({ data: [batch(first ? 'first' : 'second')], has_more: first, last_id: 'first' });
    });
    batches.list.watch();
    await watch.step();
    expect(looks).toBe(2);
    batches.list.next();
    release();
    await watch.settle();
    expect(batches.list.pageNumber.value).toBe(2);
    expect(batches.list.page.value).toMatchObject({ value: { batches: [{ id: 'second' }] } });
  });

  it('is gone when another key signs in', async () => {
    const { batches, watch, key } = open(({ path }) => (path.startsWith('/v1/batches') ? page(batch('a')) : undefined));
    const stop = batches.list.watch();
    await watch.step();
    stop();
    key.value = 'other';
    expect(batches.list.page.value).toEqual({ status: 'idle' });
    expect(batches.files.value.size).toBe(0);
  });
});

describe('one batch', () => {
  it('is watched until it has ended, and what was seen of it is remembered', async () => {
    const states = [
      batch('a'),
      batch('a', { request_counts: { total: 10, completed: 4, failed: 1 } }),
      batch('a', { status: 'completed', completed_at: 9, request_counts: { total: 10, completed: 9, failed: 1 } }),
    ];
    const { batches, watch, clock, sent } = open(({ path }) => {
      if (path !== '/v1/batches/a') return undefined;
      clock.time += 1_000;
      return Response.json(states.shift());
    });
    batches.one.watch('a');
    for (let look = 0; look < 5; look += 1) await watch.step();
    expect(batches.one.batch.value).toMatchObject({ value: { status: 'completed', entered: { completed: 9_000 } } });
    expect(batches.sightings.samples.value.get('a')?.map(({ done }) => done)).toEqual([1, 5, 10]);
    expect(batches.sightings.news.value).toMatchObject({ id: 'a', status: 'completed' });
    expect(sent.filter(({ path }) => path === '/v1/batches/a')).toHaveLength(3);
  });

  it('reads the start of its error file once', async () => {
    const line = JSON.stringify({ custom_id: 'q', response: null, error: { code: 'x', message: 'No.' } });
    const { batches, watch, sent } = open(({ path }) => {
      if (path === '/v1/batches/a') return Response.json(batch('a', { error_file_id: 'errors' }));
      return path === '/v1/files/errors/content' ? new Response(`${line}\n`) : undefined;
    });
    batches.one.watch('a');
    await watch.step();
    await watch.step();
    expect(batches.one.failures.value).toMatchObject({
      value: { first: [{ customId: 'q', message: 'No.' }], more: false },
    });
    expect(sent.filter(({ path }) => path.endsWith('/content'))).toHaveLength(1);
  });

  it('reads it again when asked, where that failed', async () => {
    let down = true;
    const { batches, watch } = open(({ path }) => {
      if (path === '/v1/batches/a') return Response.json(batch('a', { status: 'completed', error_file_id: 'errors' }));
      if (path !== '/v1/files/errors/content') return undefined;
      return down ? errorResponse(503, 'storage_failed') : new Response('');
    });
    batches.one.watch('a');
    await watch.step();
    expect(batches.one.failures.value).toMatchObject({ status: 'failed' });
    down = false;
    batches.one.refresh();
    await watch.step();
    expect(batches.one.failures.value).toMatchObject({ status: 'ready', value: { first: [], more: false } });
  });

  it('is cancelled, and a refusal is told beside it', async () => {
    let refuse = false;
    const { batches, watch } = open(({ path }) => {
      if (path === '/v1/batches/a') return Response.json(batch('a'));
      if (path !== '/v1/batches/a/cancel') return undefined;
      return refuse ? errorResponse(400, 'invalid_request') : Response.json(batch('a', { status: 'cancelling' }));
    });
    batches.one.watch('a');
    await watch.step();
    await batches.one.cancel();
    expect(batches.one.batch.value).toMatchObject({ value: { status: 'cancelling' } });
    refuse = true;
    await batches.one.cancel();
    expect(batches.one.problem.value).toMatchObject({ title: 'The request was refused.' });
    expect(batches.one.cancelling.value).toBe(false);
  });

  it('that is not there is told in words about batches', async () => {
    const { batches, watch } = open(() => errorResponse(404, 'not_found'));
    batches.one.watch('gone');
    await watch.step();
    expect(batches.one.batch.value).toMatchObject({ status: 'failed', problem: { title: 'This batch is not here.' } });
  });
});

describe('a new batch', () => {
  const choices = { name: ' Mails ', window: '6h', offPeak: false };
  const created = ({ method, path }: Sent) =>
    method === 'POST' && path === '/v1/batches' ? Response.json(batch('new')) : undefined;

  it('is sent, made and opened', async () => {
    const { batches, forms, sent, route } = open(created, '#/batches/new');
    await batches.submission.choose(new File([LINE], 'mails.jsonl'));
    await batches.submission.submit(choices);
    expect(
      [...forms[0]!.form.entries()].map(([name, value]) => [name, value instanceof File ? value.name : value]),
    ).toEqual([
      ['purpose', 'batch'],
      ['file', 'mails.jsonl'],
    ]);
    expect(sent[0]?.body).toEqual({
      input_file_id: 'file-up',
      endpoint: '/v1/chat/completions',
      completion_window: '6h',
      metadata: { name: 'Mails' },
      plinth: { off_peak: false },
    });
    expect(route.route.value).toEqual({ mode: 'batches', place: { id: 'new' } });
    expect(batches.submission.input.value).toBeUndefined();
  });

  it('leaves whoever has gone elsewhere where they are', async () => {
    const { batches, route } = open(created, '#/');
    await batches.submission.choose(new File([LINE], 'mails.jsonl'));
    await batches.submission.submit(choices);
    expect(route.route.value).toEqual({ mode: 'chat' });
  });

  it('is not sent with a file that would be refused', async () => {
    const { batches, forms } = open(created);
    await batches.submission.choose(new File(['{}\n'], 'a.jsonl'));
    await batches.submission.submit(choices);
    await batches.submission.choose(new File([], 'b.jsonl'));
    expect(batches.submission.input.value?.checked.wrong).toEqual([{ line: undefined, words: 'The file is empty.' }]);
    expect(forms).toHaveLength(0);
  });

  it('does not send its file twice where only the batch was refused', async () => {
    let full = true;
    const { batches, forms } = open((asked) =>
      full && asked.path === '/v1/batches' ? errorResponse(429, 'rate_limit_exceeded') : created(asked),
    );
    await batches.submission.choose(new File([LINE], 'a.jsonl'));
    await batches.submission.submit(choices);
    expect(batches.submission.sending.value).toMatchObject({ step: 'failed', problem: { remedy: 'retry' } });
    full = false;
    await batches.submission.submit(choices);
    expect(forms).toHaveLength(1);
    expect(batches.submission.sending.value).toEqual({ step: 'none' });
  });

  it('says to look at the list first where no answer came', async () => {
    const { batches } = open((asked) => {
      if (asked.path === '/v1/batches') throw new TypeError('network');
      return undefined;
    });
    await batches.submission.choose(new File([LINE], 'a.jsonl'));
    await batches.submission.submit(choices);
    expect(batches.submission.sending.value).toMatchObject({
      problem: { advice: expect.stringContaining('Look at the list first') },
    });
  });

  it('tells how much has been sent, and stops when asked', async () => {
    const { batches, forms, upload } = open(created);
    let fail = (_: unknown) => {};
    upload.answer = () => new Promise((_, reject) => (fail = reject));
    await batches.submission.choose(new File([LINE], 'a.jsonl'));
    const sending = batches.submission.submit(choices);
    forms[0]?.onSent(0.4);
    expect(batches.submission.sending.value).toEqual({ step: 'uploading', share: 0.4 });
    batches.submission.drop();
    expect(forms[0]?.signal.aborted).toBe(true);
    fail(new Error('aborted'));
    await sending;
    expect(batches.submission.sending.value).toEqual({ step: 'none' });
  });

  it('that is too large is told in words about files', async () => {
    const { batches, upload } = open(created);
    upload.answer = async () => errorResponse(413, 'request_too_large');
    await batches.submission.choose(new File([LINE], 'a.jsonl'));
    await batches.submission.submit(choices);
    expect(batches.submission.sending.value).toMatchObject({
      step: 'failed',
      problem: { title: 'This file is too large for the platform.' },
    });
  });
});
