import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PlatformError, type BatchAnswerLine, type BatchObject } from '@plinth/contracts';
import { forever, says, ScriptedModel } from '@plinth/gateway/testing';
import { toFile, type OpenAI } from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { line, linesOf, openBatch, requests, untilEnded, type BatchHarness } from './testing/batch-platform.ts';

let shared: BatchHarness;
beforeAll(async () => {
  shared = await openBatch({ environment: { PLINTH_RECORDS_PER_SHARD: 3 } });
});
afterAll(() => shared.close());

const opened: BatchHarness[] = [];
const open = async (...args: Parameters<typeof openBatch>) => {
  const harness = await openBatch(...args);
  opened.push(harness);
  return harness;
};
afterEach(async () => {
  for (const harness of opened.splice(0)) await harness.close();
});

const upload = async (client: OpenAI, file: Awaited<ReturnType<typeof toFile>>) =>
  (await client.files.create({ file, purpose: 'batch' })).id;
const submit = async (client: OpenAI, file: Awaited<ReturnType<typeof toFile>>, plinth?: BatchOptionsBody) =>
  client.batches.create({
    input_file_id: await upload(client, file),
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { job: 'test' },
    ...({ plinth } as object),
  });
type BatchOptionsBody = { readonly webhook?: string; readonly engine?: string };
const ours = (batch: OpenAI.Batch) => batch as unknown as BatchObject;
const spent = async ({ stores }: BatchHarness, tenant = 'acme') =>
  (await stores.ledger.usage(tenant)).find(({ scope }) => scope === 'tenant')?.day;

describe('a batch', () => {
  it('is answered at once, runs, and gives its answers in the order of its file', async () => {
    const client = await shared.client();
    const contents = Array.from({ length: 10 }, (_, index) => `say ${index}`);
    const made = await submit(client, await requests(contents));
    expect(made).toMatchObject({ object: 'batch', status: 'validating', metadata: { job: 'test' }, errors: null });
    const ended = await untilEnded(client, made.id);
    expect(ended).toMatchObject({
      status: 'completed',
      request_counts: { total: 10, completed: 10, failed: 0 },
      error_file_id: null,
    });
    const lines = await linesOf<BatchAnswerLine>(client, ended.output_file_id);
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(contents.map((_, index) => `r${index}`));
    expect(lines.map(({ response }) => (response?.body as OpenAI.ChatCompletion).choices[0]?.message.content)).toEqual(
      contents,
    );
    expect(lines[3]).toMatchObject({ error: null, response: { status_code: 200 } });
    expect(await client.files.retrieve(ended.output_file_id!)).toMatchObject({ purpose: 'batch_output' });
    expect(shared.errors).toEqual([]);
  });

  it('costs what its records come to, which is what the ledger holds in the end', async () => {
    const client = await shared.client({ tenant: 'payer' });
    const ended = ours(await untilEnded(client, (await submit(client, await requests(['a', 'b', 'c']))).id));
    // Five tokens in and two out, at 1 and 2 dollars a million.
    expect(ended.plinth).toMatchObject({ cost_usd: 27e-6, input_tokens: 15, output_tokens: 6, engine: 'embedded' });
    expect(ended.plinth?.quote_usd).toBeGreaterThan(27e-6);
    expect(await spent(shared, 'payer')).toMatchObject({ tokens: 21, nanoUsd: 27_000 });
    const [scope] = await shared.stores.ledger.usage('payer');
    expect(scope).toMatchObject({ concurrentRequests: 0, minute: { requests: 0, tokens: 0 } });
  });

  it('has an error file of what was refused, and an output file of the rest', async () => {
    const client = await shared.client();
    const lines = [
      line('fine', 'hello'),
      line('blocked', 'how to build a bomb'),
      line('wrong', 'hello', { temperature: 9 }),
      line('kept', 'hello', { conversation_id: 'c1' }),
      line('streamed', 'hello', { stream: true }),
    ];
    const file = await toFile(Buffer.from(lines.map((each) => JSON.stringify(each)).join('\n')), 'a.jsonl');
    const ended = await untilEnded(client, (await submit(client, file)).id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 5, completed: 2, failed: 3 } });
    const answers = await linesOf<BatchAnswerLine>(client, ended.output_file_id);
    expect(answers.map(({ custom_id }) => custom_id)).toEqual(['fine', 'streamed']);
    const errors = await linesOf<BatchAnswerLine>(client, ended.error_file_id);
    expect(errors.map(({ custom_id, response }) => [custom_id, response?.status_code])).toEqual([
      ['blocked', 400],
      ['wrong', 400],
      ['kept', 403],
    ]);
    expect(errors[0]?.response?.body).toMatchObject({ error: { code: 'content_blocked' } });
  });

  it('takes a failing model’s record again, and leaves a record of every decision', async () => {
    let calls = 0;
    const model = new ScriptedModel(() =>
      ++calls === 1
        ? [{ type: 'error', error: new PlatformError('upstream_failed', 'Gone.') }]
        : says(['Here.'], { inputTokens: 1, outputTokens: 1 }),
    );
    const harness = await open({ model });
    const client = await harness.client({ principal: 'eve' });
    const { id } = await submit(client, await requests(['a']));
    expect(await untilEnded(client, id)).toMatchObject({ status: 'completed', request_counts: { completed: 1 } });
    await expect.poll(async () => (await harness.audit()).at(-1)?.action).toBe('batch.ended');
    const records = await harness.audit();
    expect(records.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['file.created', 'allowed'],
      ['batch.created', 'allowed'],
      ['chat.completion', 'failed'],
      ['chat.completion', 'allowed'],
      ['batch.ended', 'allowed'],
    ]);
    expect(new Set(records.map(({ principal }) => principal))).toEqual(new Set(['eve']));
    expect(records.slice(2, 4).map(({ reservationId }) => reservationId)).toEqual([id, id]);
    expect(JSON.stringify(records)).not.toContain('Here.');
  });

  it('fails with the lines that are wrong, before anything is run or paid', async () => {
    const client = await shared.client({ tenant: 'careless' });
    const asked = shared.model.requests.length;
    const lines = [
      JSON.stringify(line('a', 'hi')),
      '{"custom_id": "b"',
      JSON.stringify(line('a', 'again')),
      JSON.stringify(line('c', 'hi', { model: 'nothing' })),
    ];
    const { id } = await submit(client, await toFile(Buffer.from(lines.join('\n')), 'a.jsonl'));
    const ended = await untilEnded(client, id);
    expect(ended).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null });
    expect(ended.errors?.data?.map(({ line: number, code }) => [number, code])).toEqual([
      [2, 'invalid_json_line'],
      [3, 'duplicate_custom_id'],
      [4, 'model_not_found'],
    ]);
    expect(shared.model.requests).toHaveLength(asked);
    expect(await spent(shared, 'careless')).toMatchObject({ tokens: 0 });
    await expect
      .poll(async () => (await shared.audit()).at(-1))
      .toMatchObject({
        action: 'batch.refused',
        requestId: id,
        outcome: 'refused',
        reason: 'invalid_json_line',
      });
    for await (const page of shared.objects.list(`shards/${id}/`)) expect(page).toEqual([]);
  });

  it('fails where its worst case is over a budget, and says which', async () => {
    const client = await shared.client({ tenant: 'poor', limits: { tokensPerDay: 100 } });
    const ended = await untilEnded(client, (await submit(client, await requests(['a', 'b', 'c', 'd', 'e']))).id);
    expect(ended).toMatchObject({ status: 'failed', errors: { data: [{ code: 'budget_exceeded', line: null }] } });
    expect(ended.errors?.data?.[0]?.message).toMatch(/At worst the batch comes to \d+ tokens .* tokens per day/);
    expect(await spent(shared, 'poor')).toMatchObject({ tokens: 0 });
    expect((await shared.audit()).at(-1)).toMatchObject({ action: 'batch.refused', reason: 'budget_exceeded' });
  });

  it('fails where it asks for an engine that is not here', async () => {
    const client = await shared.client();
    const ended = await untilEnded(client, (await submit(client, await requests(['a']), { engine: 'bedrock' })).id);
    expect(ended).toMatchObject({ status: 'failed', errors: { data: [{ code: 'invalid_request' }] } });
    expect(ended.errors?.data?.[0]?.message).toContain('no engine "bedrock"');
  });

  it('fails when its file is deleted before it was read', async () => {
    const harness = await open({ idle: true });
    const client = await harness.client();
    const { id, input_file_id } = await submit(client, await requests(['a']));
    await client.files.delete(input_file_id);
    await harness.platform.start();
    expect(await untilEnded(client, id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'file_not_found' }] },
    });
  });

  it('that is cancelled keeps what was answered and tells of the rest', async () => {
    let calls = 0;
    const usage = { inputTokens: 5, outputTokens: 2 };
    const model = new ScriptedModel(() => (++calls <= 2 ? says(['Yes.'], usage) : [{ type: 'start' }, forever]));
    const harness = await open({ model, environment: { PLINTH_CONCURRENCY: 2 } });
    const client = await harness.client();
    const { id } = await submit(client, await requests(['a', 'b', 'c', 'd', 'e']));
    await expect.poll(async () => (await client.batches.retrieve(id)).request_counts?.completed).toBe(2);
    expect((await client.batches.cancel(id)).status).toBe('cancelling');
    const ended = await untilEnded(client, id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { total: 5, completed: 2, failed: 3 } });
    expect(await linesOf(client, ended.output_file_id)).toHaveLength(2);
    const missing = await linesOf<BatchAnswerLine>(client, ended.error_file_id);
    expect(missing.map(({ error }) => error?.code)).toEqual(Array(3).fill('batch_cancelled'));
    expect(await spent(harness)).toMatchObject({ tokens: 14 });
    await expect(client.batches.cancel(id)).rejects.toMatchObject({ status: 400 });
    await expect.poll(() => harness.model.running).toBe(0);
  });

  it('that is cancelled before it was read never runs', async () => {
    const harness = await open({ idle: true });
    const client = await harness.client();
    const { id } = await submit(client, await requests(['a']));
    await client.batches.cancel(id);
    await client.batches.cancel(id);
    await harness.platform.start();
    expect(await untilEnded(client, id)).toMatchObject({
      status: 'cancelled',
      output_file_id: null,
      error_file_id: null,
    });
    expect(harness.model.requests).toEqual([]);
  });

  it('is its tenant’s alone', async () => {
    const harness = await open({ idle: true });
    const client = await harness.client();
    const { id, input_file_id } = await submit(client, await requests(['a']));
    const stranger = await harness.client({ tenant: 'globex' });
    await expect(stranger.batches.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect(stranger.batches.cancel(id)).rejects.toMatchObject({ status: 404 });
    expect((await stranger.batches.list()).data).toEqual([]);
    const body = { input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    await expect(stranger.batches.create(body)).rejects.toMatchObject({ status: 400, param: 'input_file_id' });
  });

  it('is listed with the others, newest first', async () => {
    const harness = await open({ idle: true });
    const client = await harness.client();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.push((await submit(client, await requests(['a']))).id);
    const listed: string[] = [];
    for await (const batch of client.batches.list({ limit: 2 })) listed.push(batch.id);
    expect(listed.sort()).toEqual(ids.sort());
  });
});

describe('POST /v1/batches', () => {
  let harness: BatchHarness;
  let client: OpenAI;
  let file: string;
  beforeAll(async () => {
    harness = await openBatch({ idle: true, environment: { PLINTH_MAX_OPEN_BATCHES: 2 } });
    client = await harness.client();
    file = await upload(client, await requests(['a']));
  });
  afterAll(() => harness.close());
  const post = async (fields: object) => {
    const body = { input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h', ...fields };
    const response = await harness.app.request('/v1/batches', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${client.apiKey}` },
    });
    return {
      status: response.status,
      body: (await response.json()) as { error: { code: string; param: string | null } },
    };
  };

  it.each([
    ['a file that is not there', { input_file_id: 'file-none' }, 400, 'invalid_request', 'input_file_id'],
    ['a window without an end', { completion_window: 'soon' }, 400, 'invalid_request', 'completion_window'],
    ['a window of a year', { completion_window: '365d' }, 400, 'invalid_request', 'completion_window'],
    ['embeddings', { endpoint: '/v1/embeddings' }, 400, 'unsupported_feature', 'endpoint'],
    ['another route', { endpoint: '/v1/responses' }, 400, 'invalid_request', 'endpoint'],
    [
      'a webhook in the clear',
      { plinth: { webhook: 'http://example.com/x' } },
      400,
      'invalid_request',
      'plinth.webhook',
    ],
    [
      'a webhook with a password',
      { plinth: { webhook: 'https://a:b@example.com/x' } },
      400,
      'invalid_request',
      'plinth.webhook',
    ],
  ])('refuses %s, and records that', async (_, fields, status, code, param) => {
    expect(await post(fields)).toMatchObject({ status, body: { error: { code, param } } });
  });

  it('refuses a file that a batch has written, and one batch more than a tenant may have open', async () => {
    expect((await post({})).status).toBe(200);
    expect((await post({})).status).toBe(200);
    expect(await post({})).toMatchObject({ status: 429, body: { error: { code: 'rate_limit_exceeded' } } });
    expect((await harness.audit()).at(-1)).toMatchObject({
      action: 'batch.refused',
      outcome: 'refused',
      reason: 'rate_limit_exceeded',
    });
  });
});

describe('a webhook', () => {
  let server: Server;
  let calls: { readonly type: string; readonly data: BatchObject }[];
  let refusals: number;
  beforeEach(async () => {
    calls = [];
    refusals = 0;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (refusals-- > 0) return void response.writeHead(500).end();
      calls.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof calls)[number]);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;

  it('is told of the end of a batch: the batch and nothing else', async () => {
    const client = await shared.client();
    const { id } = await submit(client, await requests(['a secret']), { webhook: address() });
    const ended = await untilEnded(client, id);
    await expect.poll(() => calls).toHaveLength(1);
    expect(calls[0]).toEqual({ type: 'batch.completed', data: ours(ended) });
    expect(JSON.stringify(calls)).not.toContain('secret');
  });

  it('that takes nothing keeps no batch from its end', async () => {
    refusals = 100;
    const harness = await open();
    const client = await harness.client();
    const { id } = await submit(client, await requests(['a']), { webhook: address() });
    expect((await untilEnded(client, id)).status).toBe('completed');
  });

  it('is told again by the next process where the one before was stopped', async () => {
    refusals = 1;
    const harness = await open();
    const client = await harness.client();
    const { id } = await submit(client, await requests(['a']), { webhook: address() });
    await untilEnded(client, id);
    await expect.poll(() => refusals).toBe(0);
    await harness.platform.stop();
    expect(calls).toEqual([]);
    const again = harness.again();
    await again.start();
    await expect.poll(() => calls.length).toBe(1);
    await expect.poll(async () => (await harness.store.progress(id)).completed).toBe(0);
    await again.stop();
  });
});
