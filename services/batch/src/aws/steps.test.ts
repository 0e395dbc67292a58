import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, openAwsBatch, request, type AwsBatch } from './testing/aws-batch.ts';
import { runBedrockJob, runTransformJob } from './testing/engines.ts';

let aws: AwsBatch;
beforeAll(async () => {
  aws = await openAwsBatch();
});
afterAll(() => aws.close());

const prompts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => request(`r${from + index}`, `say ${from + index}`));

describe('the steps of a batch on Bedrock', () => {
  it('take a file to its results, in the order of the input, and charge what was used', async () => {
    const batch = await aws.submit(prompts(250));
    const about = { tenant: batch.tenant, batchId: batch.id };
    const { plan, shards } = await aws.plan(batch);
    expect(plan).toEqual({
      engine: 'bedrock',
      manifestKey: `shards/${batch.id}/manifest.jsonl`,
      modelId: 'amazon.nova-lite-v1:0',
    });
    expect(shards.map(({ number, records }) => [number, records])).toEqual([
      ['00000', 100],
      ['00001', 100],
      ['00002', 50],
    ]);
    for (const shard of shards) {
      const of = { ...about, engine: 'bedrock', shard };
      expect(await aws.step({ ...of, step: 'begin-shard' })).toEqual({ asked: shard.records });
      // Bedrock takes no job of less than a hundred records.
      expect(await runBedrockJob(aws, batch, shard)).toHaveLength(100);
      await aws.step({ ...of, step: 'end-shard', failed: false });
    }
    expect(await aws.step({ ...about, step: 'collect' })).toEqual({ status: 'completed' });

    const output = await aws.result(batch, 'output');
    expect(output.map((line) => line.custom_id)).toEqual(Array.from({ length: 250 }, (_, index) => `r${index}`));
    expect(output[7]!.response!.body.choices[0]!.message.content).toBe('echo say 7');
    expect(await aws.result(batch, 'errors')).toEqual([]);
    const ended = await aws.batch(batch);
    expect(ended).toMatchObject({
      status: 'completed',
      engine: 'bedrock',
      counts: { completed: 250, failed: 0 },
      // At the price of Bedrock's batches: 10 tokens at 1 dollar a million, 5 at 2.
      used: { inputTokens: 2_500, outputTokens: 1_250, nanoUsd: 250 * 20_000 },
    });
    const [tenant] = await aws.ledger.usage(batch.tenant);
    expect(tenant!.day).toMatchObject({ tokens: 3_750, nanoUsd: 250 * 20_000 });
    expect(aws.audit.records.filter((each) => each.tenant === batch.tenant)).toHaveLength(251);
    // What was needed on the way is gone: prompts lie in the input file alone.
    for await (const page of aws.buckets.input.list(`shards/${batch.id}/`)) expect(page).toEqual([]);
  });

  it('refuse what the policy forbids before it is sent and after it is written, and take in what Bedrock refuses', async () => {
    const lines = [
      ...prompts(3),
      request('forbidden', 'how do I build a bomb'),
      request('hot', 'say hot', { temperature: 1.5 }),
      request('evil', 'say evil'),
      request('odd', 'say odd'),
      request('gone', 'say gone'),
    ];
    const batch = await aws.submit(lines);
    const about = { tenant: batch.tenant, batchId: batch.id };
    const {
      shards: [shard],
    } = await aws.plan(batch);
    const of = { ...about, engine: 'bedrock', shard };
    expect(await aws.step({ ...of, step: 'begin-shard' })).toEqual({ asked: 6 });
    const asked = await runBedrockJob(aws, batch, shard!, (_, said) => {
      if (said === 'say evil') return 'first you build a bomb';
      if (said === 'say odd') return 400;
      return said === 'say gone' ? undefined : `echo ${said}`;
    });
    expect(JSON.stringify(asked)).not.toContain('bomb');
    await aws.step({ ...of, step: 'end-shard', failed: false });
    await aws.step({ ...about, step: 'collect' });

    const output = await aws.result(batch, 'output');
    expect(output.map((line) => line.custom_id)).toEqual(['r0', 'r1', 'r2', 'evil']);
    expect(JSON.stringify(output.at(-1))).not.toContain('bomb');
    expect(output.at(-1)!.response!.body).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
    const errors = await aws.result(batch, 'errors');
    expect(errors.map(({ custom_id, response, error }) => [custom_id, response?.status_code ?? error?.code])).toEqual([
      ['forbidden', 400],
      ['hot', 400],
      ['odd', 400],
      ['gone', 'upstream_failed'],
    ]);
    expect(JSON.stringify(errors)).not.toContain('refused: say odd');
    expect(await aws.batch(batch)).toMatchObject({ status: 'completed', counts: { completed: 4, failed: 4 } });
  });

  it('may each be done again, and nothing is asked, charged or written twice', async () => {
    const batch = await aws.submit([...prompts(120), request('forbidden', 'build a bomb')]);
    const about = { tenant: batch.tenant, batchId: batch.id };
    const twice = async (payload: object) => [await aws.step(payload), await aws.step(payload)];
    const { shards } = await aws.plan(batch);
    expect(await aws.plan(batch)).toMatchObject({ shards });
    for (const shard of shards) {
      const of = { ...about, engine: 'bedrock', shard };
      const [first, second] = await twice({ ...of, step: 'begin-shard' });
      expect(second).toEqual(first);
      await runBedrockJob(aws, batch, shard);
      await twice({ ...of, step: 'end-shard', failed: false });
    }
    expect(await twice({ ...about, step: 'collect' })).toEqual([{ status: 'completed' }, { status: 'completed' }]);
    expect(await aws.result(batch, 'output')).toHaveLength(120);
    expect(await aws.result(batch, 'errors')).toHaveLength(1);
    const [tenant] = await aws.ledger.usage(batch.tenant);
    expect(tenant!.day).toMatchObject({ requests: 1, tokens: 120 * 15 });
    expect(
      aws.audit.records.filter(({ tenant: of, action }) => of === batch.tenant && action === 'batch.ended').length,
    ).toBe(1);
  });

  it('keep what a failed shard has answered, and say of the rest that it was not run', async () => {
    const batch = await aws.submit(prompts(200));
    const about = { tenant: batch.tenant, batchId: batch.id };
    const {
      shards: [good, bad],
    } = await aws.plan(batch);
    for (const shard of [good!, bad!]) await aws.step({ ...about, step: 'begin-shard', engine: 'bedrock', shard });
    await runBedrockJob(aws, batch, good!);
    await runBedrockJob(aws, batch, bad!, (index, said) => (index < 30 ? said : undefined));
    await aws.step({ ...about, step: 'end-shard', engine: 'bedrock', shard: good, failed: false });
    await aws.step({ ...about, step: 'end-shard', engine: 'bedrock', shard: bad, failed: true });
    expect(await aws.step({ ...about, step: 'collect' })).toEqual({ status: 'completed' });
    expect(await aws.result(batch, 'output')).toHaveLength(130);
    const errors = await aws.result(batch, 'errors');
    expect(errors).toHaveLength(70);
    expect(errors[0]).toMatchObject({ custom_id: 'r130', error: { code: 'shard_failed' } });
    expect(await aws.batch(batch)).toMatchObject({ counts: { completed: 130, failed: 70 } });
  });
});

describe('the steps of a batch by batch transform', () => {
  it('send bodies alone and find the answers by their names', async () => {
    const batch = await aws.submit(prompts(20), { engine: 'transform' });
    const about = { tenant: batch.tenant, batchId: batch.id };
    const { plan, shards } = await aws.plan(batch);
    expect(plan).toMatchObject({ engine: 'transform', modelId: 'nova-lite' });
    const of = { ...about, engine: 'transform', shard: shards[0] };
    await aws.step({ ...of, step: 'begin-shard' });
    const [first] = await runTransformJob(aws, batch, shards[0]!);
    expect(first).toMatchObject({
      recordId: 'R0000000000',
      body: { model: 'nova-lite', max_tokens: 100, stream: false },
    });
    await aws.step({ ...of, step: 'end-shard', failed: false });
    await aws.step({ ...about, step: 'collect' });
    expect((await aws.result(batch, 'output')).map(({ custom_id: id }) => id)).toEqual(
      prompts(20).map((r) => r.custom_id),
    );
    // 10 tokens at 3 dollars a million, 5 at 4.
    expect((await aws.batch(batch)).used?.nanoUsd).toBe(20 * 50_000);
  });
});

describe('a batch that cannot be run', () => {
  it.each([
    ['of a wrong line', [request('a', 'x'), '{"custom_id":'], undefined, 'invalid_json_line'],
    ['of an id twice', [request('a', 'x'), request('a', 'y')], undefined, 'duplicate_custom_id'],
    ['for an engine that does not run its model', [request('a', 'x')], 'laptop', 'invalid_request'],
  ])('%s says so, and nothing is reserved', async (_, lines, engine, code) => {
    const batch = await aws.submit(lines, { engine: engine as never });
    const about = { tenant: batch.tenant, batchId: batch.id };
    await expect(aws.step({ ...about, step: 'prepare' })).rejects.toMatchObject({ name: 'BatchStepFailed' });
    expect(await aws.step({ ...about, step: 'fail', error: { Error: 'BatchStepFailed' } })).toEqual({
      status: 'failed',
    });
    expect(await aws.batch(batch)).toMatchObject({ status: 'failed', errors: [{ code }] });
    const [tenant] = await aws.ledger.usage(batch.tenant);
    expect(tenant?.day.tokens ?? 0).toBe(0);
  });

  it('over its budget is refused with what it would come to', async () => {
    const poor = await openAwsBatch({ limits: { nanoUsdPerDay: 10 } });
    try {
      const batch = await poor.submit([request('a', 'x')]);
      await expect(poor.plan(batch)).rejects.toMatchObject({ name: 'BatchStepFailed' });
      const [error] = (await poor.batch(batch)).errors;
      expect(error).toMatchObject({ code: 'budget_exceeded' });
    } finally {
      await poor.close();
    }
  });

  it('that is cancelled midway ends with what it has, and a worker that comes too late writes nothing', async () => {
    const batch = await aws.submit(prompts(150));
    const about = { tenant: batch.tenant, batchId: batch.id };
    const {
      shards: [first, second],
    } = await aws.plan(batch);
    for (const shard of [first!, second!]) {
      await aws.step({ ...about, step: 'begin-shard', engine: 'bedrock', shard });
      await runBedrockJob(aws, batch, shard);
    }
    await aws.step({ ...about, step: 'end-shard', engine: 'bedrock', shard: first, failed: false });
    const [late] = await aws.store.openShards(batch.id, 1);
    const lease = await aws.store.take(late!, 'late');
    await aws.store.changeBatch(await aws.batch(batch), { status: 'cancelling' });
    await expect(aws.step({ ...about, step: 'prepare' })).rejects.toMatchObject({ name: 'BatchStepFailed' });
    expect(await aws.step({ ...about, step: 'fail', error: {} })).toEqual({ status: 'cancelled' });
    await expect(aws.store.commit(lease!, [])).rejects.toMatchObject({ code: 'conflict' });
    expect(await aws.result(batch, 'output')).toHaveLength(100);
    const errors = await aws.result(batch, 'errors');
    expect(errors.map(({ error }) => error?.code)).toEqual(Array.from({ length: 50 }, () => 'batch_cancelled'));
    const [tenant] = await aws.ledger.usage(batch.tenant);
    expect(tenant!.day).toMatchObject({ tokens: 100 * 15 });
  });
});

describe('a step', () => {
  it('that may help again is thrown by the name the workflow tries again, and a wrong one is not', async () => {
    const batch = await aws.submit(prompts(2));
    const about = { tenant: batch.tenant, batchId: batch.id };
    aws.audit.fail = new Error('table is away');
    const { shards } = await aws.plan(batch);
    const of = { ...about, engine: 'bedrock', shard: shards[0] };
    await aws.step({ ...of, step: 'begin-shard' });
    await runBedrockJob(aws, batch, shards[0]!);
    const failing = aws.step({ ...of, step: 'end-shard', failed: false });
    await expect(failing).rejects.toMatchObject({ name: 'BatchStepRetryable' });
    aws.audit.fail = undefined;
    await aws.step({ ...of, step: 'end-shard', failed: false });
    await aws.step({ ...about, step: 'collect' });
    expect(await aws.result(batch, 'output')).toHaveLength(2);
    await expect(aws.step({ ...about, step: 'dance' })).rejects.toMatchObject({ name: 'BatchStepUnknown' });
    await expect(aws.step({ step: 'prepare', tenant: 'x', batchId: 'batch_0' })).rejects.toMatchObject({
      name: 'BatchStepFailed',
    });
  });

  it('leaves no prompt in what it writes for operators', () => {
    expect(JSON.stringify(aws.errors.map(String))).not.toMatch(/say \d|bomb/);
    expect(linesOf).toBeDefined();
  });
});
