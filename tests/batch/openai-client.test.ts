import { connect } from 'node:net';
import type { BatchAnswerLine } from '@plinth/contracts';
import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, openBatchServer, saying, submit, untilEnded } from './batch-server.ts';
import { openUpstream } from './upstream.ts';

let upstream: Awaited<ReturnType<typeof openUpstream>>;
let server: Awaited<ReturnType<typeof openBatchServer>>;
let client: OpenAI;
beforeAll(async () => {
  upstream = await openUpstream();
  server = await openBatchServer({
    modelUrl: upstream.url,
    environment: { PLINTH_CONCURRENCY: '8', PLINTH_RECORDS_PER_SHARD: '40', PLINTH_MAX_FILE_BYTES: '2000000' },
  });
  client = await server.client();
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.calls.clear();
  upstream.delay(0);
});

const said = (count: number) => Array.from({ length: count }, (_, index) => saying(`word ${index}`));
const soon = { timeout: 20_000 };
const textOf = ({ response }: BatchAnswerLine) => (response!.body as OpenAI.ChatCompletion).choices[0]!.message.content;

describe("OpenAI's own client against the batch server", () => {
  it('creates a batch, sees it go on, and reads its answers in order and what was refused', async () => {
    upstream.hold();
    const bodies = [...said(100), saying('refuse this')];
    const { id, status } = await submit(client, bodies);
    expect(status).toBe('validating');
    await expect.poll(() => upstream.underWay, soon).toBe(8);
    const half = await client.batches.retrieve(id);
    expect(half).toMatchObject({ status: 'in_progress', request_counts: { total: 101, completed: 0 } });
    upstream.release();
    const ended = await untilEnded(client, id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 101, completed: 100, failed: 1 } });
    const lines = await linesOf<BatchAnswerLine>(client, ended.output_file_id);
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(said(100).map((_, index) => `r${index}`));
    expect(lines.map(textOf)).toEqual(said(100).map(({ messages }) => messages[0]!.content));
    const [error] = await linesOf<BatchAnswerLine>(client, ended.error_file_id);
    expect(error).toMatchObject({ custom_id: 'r100', response: { status_code: 400 } });
    // Every call let interactive ones go first.
    expect([...upstream.priorities]).toEqual([1]);
    expect(upstream.total).toBe(101);
  });

  it('cancels a batch that runs, and gets what was answered', async () => {
    upstream.delay(50);
    const { id } = await submit(client, said(400));
    await expect
      .poll(async () => (await client.batches.retrieve(id)).request_counts!.completed, soon)
      .toBeGreaterThan(8);
    expect(['cancelling', 'cancelled']).toContain((await client.batches.cancel(id)).status);
    const ended = await untilEnded(client, id);
    const { completed, failed, total } = ended.request_counts!;
    expect([ended.status, completed + failed]).toEqual(['cancelled', total]);
    expect(await linesOf(client, ended.output_file_id)).toHaveLength(completed);
    expect(upstream.total).toBeLessThan(400);
  });

  it('is told of a budget that the worst case is over, in the batch', async () => {
    const poor = await server.client({ tenant: 'poor', limits: { nanoUsdPerDay: 1_000 } });
    const ended = await untilEnded(poor, (await submit(poor, said(20))).id);
    expect(ended).toMatchObject({ status: 'failed', errors: { data: [{ code: 'budget_exceeded' }] } });
    expect(ended.errors!.data![0]!.message).toMatch(/US dollars.*spend per day/);
    expect(upstream.total).toBe(0);
  });

  it('sees a file that is too large as such, and leaves none behind that broke off', async () => {
    const headers = { authorization: `Bearer ${client.apiKey}` };
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob(['x'.repeat(2_100_000)]), 'large.jsonl');
    const response = await fetch(`${server.url}/v1/files`, { method: 'POST', headers, body: form });
    expect(response.status).toBe(413);
    const before = await client.files.list();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const head = 'content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000';
    socket.write(
      `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: ${headers.authorization}\r\n${head}\r\n\r\n--b\r\n` +
        'content-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\nhalf of it',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    await expect.poll(async () => (await client.files.list()).data, soon).toEqual(before.data);
  });

  it('finds its batch where it was after the server was killed, and again after it was stopped: nothing lost, nothing twice', async () => {
    upstream.delay(20);
    const { id } = await submit(client, said(300));
    const done = async () => (await client.batches.retrieve(id)).request_counts!.completed;
    await expect.poll(done, soon).toBeGreaterThan(20);
    await server.kill();
    await server.start();
    const after = await done();
    await expect.poll(done, soon).toBeGreaterThan(after + 20);
    expect(await server.stop()).toBe(0);
    await server.start();
    const ended = await untilEnded(client, id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 300, completed: 300, failed: 0 } });
    const lines = await linesOf<BatchAnswerLine>(client, ended.output_file_id);
    expect(lines.map(textOf)).toEqual(said(300).map(({ messages }) => messages[0]!.content));
    // At most what was in flight at the kill was asked again; an orderly stop repeats nothing.
    expect(upstream.total - 300).toBeLessThanOrEqual(8);
    const [tenant] = await server.usage();
    expect(tenant).toMatchObject({ concurrentRequests: 0, minute: { requests: 0 } });
  });

  it('paid for what its batches came to, to the token', async () => {
    const completed = (await client.batches.list({ limit: 100 })).data.reduce(
      (sum, { request_counts }) => sum + request_counts!.completed,
      0,
    );
    const [tenant] = await server.usage();
    expect(tenant?.day).toMatchObject({ tokens: completed * 7, nanoUsd: completed * 9_000 });
    const actions = new Set((await server.audit()).map(({ action }) => action));
    expect([...actions].sort()).toEqual([
      'batch.cancelled',
      'batch.created',
      'batch.ended',
      'batch.refused',
      'chat.completion',
      'file.created',
    ]);
  });
});
