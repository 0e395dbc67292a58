import { join, resolve } from 'node:path';
import { only, registered, stackSettings } from '@plinth/infra/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { engineTasks, type Fates } from './batch-runs/engines.ts';
import { interpreter, runWorkflow, type Json, type Scope } from './batch-runs/interpreter.ts';
import { BatchPlatform } from './batch-runs/platform.ts';

const STACK = resolve(import.meta.dirname, '../../stacks/batch-generation');
const STATES = await interpreter();

let platform: BatchPlatform;
let workflow: Scope;
/** What the functions write for operators. */
const log: string[] = [];
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => log.push(String(line)) > 0);
  platform = await BatchPlatform.start();
  vi.resetModules();
  const resources = await registered(() => import(join(STACK, 'index.ts')), {
    project: 'plinth-batch-generation',
    stack: 'production',
    config: stackSettings(join(STACK, 'Pulumi.production.yaml')),
    stackOutputs: {
      dataKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/data',
      alertTopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
      imageRepositories: { vllm: '123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/vllm' },
    },
  });
  const definition = String(only(resources, 'aws:sfn/stateMachine:StateMachine').inputs['definition']);
  workflow = JSON.parse(definition.replaceAll('input-id', 'input').replaceAll('output-id', 'output')) as Scope;
}, 120_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await platform.close();
});

const file = (count: number, model: string, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    custom_id: `r${index}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content: `say ${index}` }], ...more },
  }))
    .map((line) => JSON.stringify(line))
    .join('\n');

async function submitted(text: string, plinth?: object): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([text]), 'in.jsonl');
  const { body: uploaded } = await platform.http('POST', '/v1/files', form);
  const { body, status } = await platform.http(
    'POST',
    '/v1/batches',
    JSON.stringify({
      input_file_id: uploaded['id'],
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      ...(plinth && { plinth }),
    }),
  );
  expect(status).toBe(200);
  return String(body['id']);
}

const batch = async (id: string) => (await platform.http('GET', `/v1/batches/${id}`)).body;

/** Runs what the dispatcher has started, to its end; gives what was told of it. */
async function run(name: string, fates: Fates = {}, signal = new AbortController().signal) {
  const notices: Json[] = [];
  const engines: Record<string, (parameters: Json) => Promise<unknown>> = engineTasks(platform, fates);
  const execution = platform.aws.executions.get(name)!;
  const task = async (resource: string, parameters: Json): Promise<unknown> => {
    if (resource === 'lambda:invoke') return { Payload: await platform.call('steps', parameters['Payload']) };
    if (resource === 'sns:publish') return notices.push(parameters['Message'] as Json);
    const engine = engines[resource];
    if (engine === undefined) throw new Error(`Nobody plays ${resource}.`);
    return engine(parameters);
  };
  const items = (bucket: string, key: string) => platform.lines(bucket, key);
  const input = JSON.parse(execution.input) as object;
  const end = await runWorkflow(STATES!, workflow, { name, input, task, items, signal }).then(
    () => 'SUCCEEDED' as const,
    () => 'FAILED' as const,
  );
  if (execution.status === 'RUNNING') execution.status = end;
  return { end, notices };
}

async function downloaded(
  id: unknown,
): Promise<{ custom_id: string; response: { body: Json } | null; error: Json | null }[]> {
  const { status, headers } = await platform.http('GET', `/v1/files/${String(id)}/content`);
  expect(status).toBe(302);
  const text = await (await fetch(headers['location']!)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as never);
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `r${index + from}`);

describe('the API in AWS', () => {
  it('takes a large file past the function, by an address of S3 that is signed for its length', async () => {
    const text = file(2, 'nova-lite');
    const create = JSON.stringify({ purpose: 'batch', filename: 'large.jsonl', bytes: Buffer.byteLength(text) });
    const { body: upload } = await platform.http('POST', '/v1/uploads', create);
    const { put_url: url, headers } = upload['plinth'] as { put_url: string; headers: Record<string, string> };
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toContain('content-length');
    const complete = `/v1/uploads/${String(upload['id'])}/complete`;
    expect((await platform.http('POST', complete)).status).toBe(400);
    expect((await fetch(url, { method: 'PUT', headers, body: text })).status).toBe(200);
    const { body } = await platform.http('POST', complete);
    expect(body).toMatchObject({ status: 'completed', file: { bytes: Buffer.byteLength(text), purpose: 'batch' } });
    expect((await platform.http('POST', complete)).body).toEqual(body);
    expect((await platform.http('POST', complete, undefined, 'other')).status).toBe(404);
  });
});

// Every part is as it is deployed: functions and worker from their bundles, the workflow from the stack.
describe.skipIf(STATES === undefined)('a batch in AWS, from its file to its results', () => {
  it('runs on Bedrock', async () => {
    const id = await submitted(file(250, 'nova-lite'));
    expect(await platform.dispatch()).toBe(1);
    const { end, notices } = await run(`${id}-0`);
    expect(end).toBe('SUCCEEDED');
    expect(notices).toEqual([{ status: 'completed', batchId: id, tenant: 'acme' }]);
    const ended = await batch(id);
    expect(ended).toMatchObject({
      status: 'completed',
      error_file_id: null,
      request_counts: { total: 250, completed: 250, failed: 0 },
      plinth: { engine: 'bedrock', input_tokens: 2_500, output_tokens: 1_250 },
    });
    const lines = await downloaded(ended['output_file_id']);
    expect(lines.map((line) => line.custom_id)).toEqual(ids(250));
    expect(JSON.stringify(lines[9])).toContain('echo say 9');
  }, 60_000);

  it.each(['transform', 'async', 'spot'])(
    'runs by %s',
    async (engine) => {
      const id = await submitted(file(120, 'qwen3-8b'), { engine });
      await platform.dispatch();
      const answering = engine === 'async' ? answerCalls(platform.aws.handed.length + 120) : undefined;
      const { end, notices } = await run(`${id}-0`);
      await answering;
      expect([end, notices.map(({ status }) => status)]).toEqual(['SUCCEEDED', ['completed']]);
      const ended = await batch(id);
      expect(ended).toMatchObject({
        status: 'completed',
        request_counts: { completed: 120, failed: 0 },
        plinth: { engine },
      });
      expect((await downloaded(ended['output_file_id'])).map((line) => line.custom_id)).toEqual(ids(120));
    },
    60_000,
  );

  it('ends as failed when too many of its shards do, with what it has', async () => {
    const id = await submitted(file(250, 'nova-lite'));
    await platform.dispatch();
    const { end, notices } = await run(`${id}-0`, { failing: /-00001-/ });
    expect([end, notices.map(({ status }) => status)]).toEqual(['FAILED', ['failed']]);
    const ended = await batch(id);
    expect(ended).toMatchObject({ status: 'failed', request_counts: { completed: 150, failed: 100 } });
    expect(await downloaded(ended['output_file_id'])).toHaveLength(150);
    const errors = await downloaded(ended['error_file_id']);
    expect(errors.map((line) => line.custom_id)).toEqual(ids(100, 100));
    expect(errors[0]!.error).toMatchObject({ code: 'batch_failed' });
    // EventBridge tells of the run as well, and there is nothing left to do.
    await platform.tell(endOf(`${id}-0`, 'FAILED'));
    expect(platform.aws.executions.has(`${id}-1`)).toBe(false);
  }, 60_000);

  it('is cancelled while its jobs run: they are stopped, and a run of its own ends it', async () => {
    const id = await submitted(file(150, 'nova-lite'));
    await platform.dispatch();
    const [stopping, jobs] = [new AbortController(), platform.aws.jobs.length];
    let release: () => void = () => undefined;
    const first = run(`${id}-0`, { release: new Promise((done) => (release = done)) }, stopping.signal);
    await vi.waitFor(() => expect(platform.aws.jobs.length).toBe(jobs + 2), 20_000);
    expect((await platform.http('POST', `/v1/batches/${id}/cancel`)).body).toMatchObject({ status: 'cancelling' });
    expect(await platform.dispatch()).toBe(1);
    expect(platform.aws.executions.get(`${id}-0`)?.status).toBe('ABORTED');
    stopping.abort();
    release();
    await first;
    await platform.tell(endOf(`${id}-0`, 'ABORTED'));
    expect((await run(`${id}-1`)).notices).toEqual([{ status: 'cancelled', batchId: id, tenant: 'acme' }]);
    expect(await batch(id)).toMatchObject({
      status: 'cancelled',
      request_counts: { total: 150, completed: 0, failed: 150 },
    });
  }, 60_000);

  it('fails with its mistakes when its file is wrong', async () => {
    const id = await submitted(`${file(3, 'nova-lite')}\n{"custom_id": "r3"`);
    await platform.dispatch();
    expect((await run(`${id}-0`)).notices).toMatchObject([{ status: 'failed' }]);
    expect(await batch(id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'invalid_json_line', line: 4 }] },
    });
  }, 60_000);

  it('is one of a single request that is answered later', async () => {
    const request = { model: 'qwen3-8b', messages: [{ role: 'user', content: 'a long one' }] };
    const sent = await platform.http('POST', '/v1/async/chat/completions', JSON.stringify(request));
    expect(sent).toMatchObject({ status: 202, body: { status: 'queued' } });
    expect(await platform.dispatch()).toBe(1);
    const answering = answerCalls(platform.aws.handed.length + 1);
    const { end } = await run(`${String(sent.body['id']).replace('async_', 'batch_')}-0`);
    await answering;
    expect(end).toBe('SUCCEEDED');
    const got = await platform.http('GET', `/v1/async/${String(sent.body['id'])}`);
    expect(got.body).toMatchObject({ status: 'completed', error: null, response: { object: 'chat.completion' } });
    expect(JSON.stringify(got.body['response'])).toContain('echo');
  }, 60_000);

  it('leaves metrics and failures in the log, and no prompt and no answer', () => {
    expect(log.some((line) => line.includes('"Namespace":"Plinth/Batch"'))).toBe(true);
    expect(log.some((line) => line.includes('"level":"error"'))).toBe(true);
    expect(log.join('')).not.toMatch(/say \d|echo|a long one/);
  });
});

const endOf = (run: string, status: string) => ({
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: `arn:aws:states:us-east-1:123456789012:execution:plinth-dev-batch:${run}`, status },
});

/** Plays the machines of the asynchronous endpoint, until so many requests were handed in. */
async function answerCalls(count: number): Promise<void> {
  let done = platform.aws.handed.length;
  while (done < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    for (; done < platform.aws.handed.length; done++) {
      const choices = [{ index: 0, message: { role: 'assistant', content: 'echo' }, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      await platform.put('output', platform.aws.handed[done]!.output.replace('s3://output/', ''), [{ choices, usage }]);
    }
  }
}
