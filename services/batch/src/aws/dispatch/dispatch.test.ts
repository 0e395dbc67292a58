import { BedrockClient } from '@aws-sdk/client-bedrock';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { BatchRecord } from '@plinth/stores/batches';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MIDDAY, openAwsBatch, request, type AwsBatch } from '../testing/aws-batch.ts';
import { ScriptedAws } from '../testing/scripted-aws.ts';
import { bedrockJobs } from './bedrock-jobs.ts';
import { Dispatcher } from './dispatcher.ts';
import { createDispatchHandler } from './queue-handler.ts';
import { stepFunctionsWorkflow } from './workflow.ts';

const HOUR = 3_600_000;
let aws: AwsBatch;
let scripted: ScriptedAws;
let handle: ReturnType<typeof createDispatchHandler>;
const logged: Record<string, unknown>[] = [];
beforeAll(async () => {
  [aws, scripted] = [await openAwsBatch(), await ScriptedAws.start()];
  const [sfn, bedrock] = [new SFNClient(scripted.client), new BedrockClient(scripted.client)];
  const dispatcher = new Dispatcher({
    store: aws.store,
    ledger: aws.ledger,
    workflow: stepFunctionsWorkflow(() => Promise.resolve(sfn), scripted.stateMachineArn),
    jobs: bedrockJobs(() => Promise.resolve(bedrock)),
    clock: aws.clock,
    logError: (error) => void logged.push({ error: String(error) }),
  });
  handle = createDispatchHandler({ dispatcher, log: (line) => void logged.push(line) });
});
afterEach(() => {
  scripted.calls.length = 0;
  scripted.fail.clear();
  aws.clock.set(MIDDAY);
});
afterAll(async () => {
  await aws.close();
  await scripted.close();
});

const failuresOf = async (...bodies: readonly (object | string)[]) => {
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  const { batchItemFailures } = await handle({ Records } as never, () => 60_000);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const sent = async (...bodies: readonly object[]) => expect(await failuresOf(...bodies)).toEqual([]);
const start = ({ tenant, id }: BatchRecord) => ({ kind: 'start', tenant, batchId: id });
const cancel = ({ tenant, id }: BatchRecord) => ({ kind: 'cancel', tenant, batchId: id });
const submit = () => aws.submit([request('a', 'x')]);
const change = async (batch: BatchRecord, more: Partial<BatchRecord>) =>
  aws.store.changeBatch(await aws.batch(batch), more);
const ended = (run: string, status: string) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: `arn:aws:states:us-east-1:123456789012:execution:plinth-dev-batch:${run}`, status },
});

describe('the dispatcher', () => {
  it('starts a run for a batch, by a name that is used once, however often the message comes', async () => {
    const batch = await submit();
    await sent(start(batch), start(batch));
    await sent(start(batch));
    expect([...scripted.executions].filter(([name]) => name.startsWith(batch.id))).toEqual([
      [`${batch.id}-0`, { input: JSON.stringify({ tenant: batch.tenant, batchId: batch.id }), status: 'RUNNING' }],
    ]);
  });

  it('starts nothing for a batch that has ended, or that nobody knows', async () => {
    const batch = await submit();
    await change(batch, { status: 'completed' });
    await sent(start(batch), { kind: 'start', tenant: 'nobody', batchId: 'batch_0' });
    expect(scripted.calls).toEqual([]);
  });

  it('stops the run of a batch that is cancelled and, once that is over, Bedrock’s jobs, and has a run of its own end it', async () => {
    const batch = await submit();
    await sent(start(batch));
    await change(batch, { status: 'cancelling' });
    const hex = batch.id.replace('batch_', '');
    const job = (number: string, status: string) => ({
      jobArn: `arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/${hex.slice(0, 7)}${number}`,
      jobName: `plinth-${hex}-0000${number}-1`,
      status,
    });
    scripted.jobs.push(job('1', 'InProgress'), job('2', 'Completed'), job('3', 'Submitted'));
    await sent(cancel(batch));
    expect(scripted.executions.get(`${batch.id}-0`)?.status).toBe('ABORTED');
    await sent(ended(`${batch.id}-0`, 'ABORTED'));
    expect(scripted.jobs.map(({ status }) => status)).toEqual(['Stopping', 'Completed', 'Stopping']);
    expect(scripted.executions.get(`${batch.id}-1`)?.status).toBe('RUNNING');
    // The one that ends it is left alone, whoever asks.
    await sent(cancel(batch), ended(`${batch.id}-0`, 'ABORTED'));
    expect(scripted.executions.get(`${batch.id}-1`)?.status).toBe('RUNNING');
    expect(scripted.executions.has(`${batch.id}-2`)).toBe(false);
  });

  it('ends a batch that is cancelled before it was started', async () => {
    const batch = await submit();
    await change(batch, { status: 'cancelling' });
    await sent(cancel(batch));
    expect(scripted.executions.get(`${batch.id}-0`)?.status).toBe('RUNNING');
  });

  it('does not run a batch again whose run ended without a last word: what it has is kept', async () => {
    const batch = await submit();
    await sent(start(batch));
    await change(batch, { status: 'in_progress' });
    scripted.executions.get(`${batch.id}-0`)!.status = 'FAILED';
    await sent(ended(`${batch.id}-0`, 'TIMED_OUT'));
    expect((await aws.batch(batch)).status).toBe('finalizing');
    expect(scripted.executions.get(`${batch.id}-1`)?.status).toBe('RUNNING');
    await change(batch, { status: 'failed' });
    await sent(ended(`${batch.id}-1`, 'FAILED'));
    expect(scripted.executions.has(`${batch.id}-2`)).toBe(false);
  });

  it('gives up a batch that no run could end, and says so', async () => {
    const batch = await submit();
    await change(batch, { status: 'finalizing' });
    for (const turn of [0, 1, 2, 3])
      scripted.executions.set(`${batch.id}-${turn}`, {
        status: 'FAILED',
        input: JSON.stringify({ tenant: batch.tenant, batchId: batch.id }),
      });
    expect(await failuresOf(ended(`${batch.id}-3`, 'FAILED'))).toEqual(['m0']);
    expect(logged.at(-1)).toMatchObject({ level: 'error', code: 'internal' });
  });

  it('gives back the messages that could not be done, and those alone', async () => {
    const [one, two] = [await submit(), await submit()];
    scripted.fail.set('StartExecution', [{ status: 400, type: 'ExecutionLimitExceeded' }]);
    expect(await failuresOf(start(one), start(two), 'no JSON', { kind: 'dance' })).toEqual(['m0', 'm2', 'm3']);
    expect(scripted.executions.has(`${two.id}-0`)).toBe(true);
    await sent(start(one));
    expect(scripted.executions.has(`${one.id}-0`)).toBe(true);
    await sent({ 'detail-type': 'Batch Job State Change', detail: { jobId: 'job1', status: 'RUNNABLE' } });
    expect(logged.at(-1)).toMatchObject({ job: 'job1' });
  });
});

describe('a sweep', () => {
  it('finds what was lost, starts what has waited for half of its time, and keeps its money reserved', async () => {
    const [waiting, gone, cancelled] = [await submit(), await submit(), await submit()];
    await change(gone, { status: 'in_progress', entered: { in_progress: MIDDAY } });
    await change(cancelled, { status: 'cancelling', entered: { cancelling: MIDDAY } });
    await sent({ kind: 'sweep' });
    expect(scripted.calls.filter((call) => call.startsWith('Start'))).toEqual([]);
    aws.clock.advance(HOUR);
    await sent({ kind: 'sweep' });
    expect(scripted.executions.has(`${waiting.id}-0`)).toBe(false);
    expect(scripted.executions.has(`${gone.id}-0`)).toBe(true);
    expect(scripted.executions.has(`${cancelled.id}-0`)).toBe(true);
    expect((await aws.batch(gone)).status).toBe('finalizing');
    expect((await aws.batch(cancelled)).status).toBe('cancelling');
    aws.clock.advance(11 * HOUR);
    await sent({ kind: 'sweep' });
    expect(scripted.executions.has(`${waiting.id}-0`)).toBe(true);
  });

  it('renews the reservations of batches under way', async () => {
    const batch = await submit();
    await aws.plan(batch);
    for (const day of [6, 12, 18]) {
      aws.clock.set(MIDDAY + day * 24 * HOUR);
      await sent({ kind: 'sweep' });
    }
    expect(await aws.ledger.sweep({ tenant: batch.tenant })).toEqual([]);
  });
});
