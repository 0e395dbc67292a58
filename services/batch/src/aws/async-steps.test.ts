import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, openAwsBatch, request, type AwsBatch } from './testing/aws-batch.ts';
import { completion } from './testing/engines.ts';
import { ScriptedAws } from './testing/scripted-aws.ts';

const HOURS = 3_600_000;
let scripted: ScriptedAws;
let aws: AwsBatch;
beforeAll(async () => {
  scripted = await ScriptedAws.start();
  const client = new SageMakerRuntimeClient(scripted.client);
  aws = await openAwsBatch({ sagemaker: () => Promise.resolve(client) });
});
afterAll(async () => {
  await aws.close();
  await scripted.close();
});

async function begun(count: number) {
  const lines = Array.from({ length: count }, (_, index) => request(`r${index}`, `say ${index}`));
  const batch = await aws.submit(lines, { engine: 'async' });
  const {
    shards: [shard],
  } = await aws.plan(batch);
  const of = { tenant: batch.tenant, batchId: batch.id, shard };
  await aws.step({ ...of, step: 'begin-shard', engine: 'async' });
  const at = scripted.handed.length;
  return {
    batch,
    of, // In the order of the file; they are handed in several at once.
    handed: () => scripted.handed.slice(at).toSorted((a, b) => a.input.localeCompare(b.input)),
    check: () => aws.step({ ...of, step: 'check-async' }),
  };
}

const put = (uri: string, text: string) =>
  aws.buckets.output.put(uri.replace('s3://output/', ''), Buffer.from(text), { maxBytes: 1e6 });

describe('the steps of a batch by the asynchronous endpoint', () => {
  it('hand in a request for each record, count answers, and take in what came', async () => {
    const { batch, of, handed, check } = await begun(60);
    expect(await aws.step({ ...of, step: 'invoke-async' })).toEqual({ done: false });
    expect(handed()).toHaveLength(60);
    const [body] = await linesOf(aws.buckets.output, handed()[3]!.input.replace('s3://output/', ''));
    expect(body).toMatchObject({ model: 'nova-lite', messages: [{ content: 'say 3' }], stream: false });
    expect(await check()).toEqual({ done: false });
    for (const [index, { output, failure }] of handed().entries())
      if (index === 5) await put(failure, 'Received client error (400) from primary with message "say 5"');
      else if (index === 6) await put(output, '{"choices": [{"mess');
      else await put(output, JSON.stringify(completion(`echo ${index}`)));
    expect(await check()).toEqual({ done: true });
    await aws.step({ ...of, step: 'end-shard', engine: 'async', failed: false });
    await aws.step({ ...of, step: 'collect' });
    const output = await aws.result(batch, 'output');
    expect(output.map(({ custom_id: id }) => id).slice(0, 6)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r7']);
    const errors = await aws.result(batch, 'errors');
    expect(errors.map(({ custom_id: id, response, error }) => [id, response?.status_code ?? error?.code])).toEqual([
      ['r5', 400],
      ['r6', 'upstream_failed'],
    ]);
    expect(JSON.stringify(errors)).not.toContain('say 5');
  });

  it('hand in no request twice that they wrote down, and go on where a try broke off', async () => {
    const { of, handed } = await begun(80);
    scripted.fail.set('InvokeEndpointAsync', [
      ...Array.from({ length: 70 }, () => undefined as never),
      { status: 503, type: 'ServiceUnavailable' },
    ]);
    await expect(aws.step({ ...of, step: 'invoke-async' })).rejects.toMatchObject({ name: 'BatchStepRetryable' });
    const before = handed().length;
    await aws.step({ ...of, step: 'invoke-async' });
    // Fifty were written down; what was handed in after them is handed in again.
    expect(handed().length - before).toBe(30);
    await aws.step({ ...of, step: 'invoke-async' });
    expect(handed().length - before).toBe(30);
    expect(new Set(handed().map(({ input }) => input)).size).toBe(80);
  });

  it('wait for ever for no call: what SageMaker has given up counts as done', async () => {
    const { of, check } = await begun(2);
    await aws.step({ ...of, step: 'invoke-async' });
    expect(await check()).toEqual({ done: false });
    aws.clock.advance(8 * HOURS);
    expect(await check()).toEqual({ done: true });
  });
});
