import { PlatformError, type BatchAnswerLine } from '@plinth/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { openStore, Workbench } from '../testing/workbench.ts';
import { collectBatch, type CollectOptions } from './collect-batch.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
let bench: Workbench;
beforeAll(async () => {
  opened = await openStore();
});
beforeEach(() => {
  bench = new Workbench(opened.store);
});
afterEach(() => bench.close());
afterAll(() => opened.close());

/** A batch of which records with these numbers fail, and those are never answered; run until nothing moves any more. */
async function ran(records: number, fails: readonly number[], hangs: readonly number[] = []) {
  const batch = await bench.submit(records, { recordsPerShard: 4, expiresAt: bench.clock.now() + 60_000 });
  const engine = new ScriptedEngine(({ id }) => {
    const number = Number(id.slice(1));
    if (hangs.includes(number)) return new Promise<never>(() => undefined);
    if (fails.includes(number)) throw new PlatformError('content_blocked', 'not this');
    return {};
  });
  bench.worker({ engineFor: () => engine }).start();
  await bench.untilConcluded(batch);
  const collect = (more: Partial<CollectOptions> = {}) =>
    collectBatch(batch.id, {
      store: bench.store,
      objects: bench.objects,
      shards: batch.shards,
      shardKey: (number) => bench.shardKey(batch.id, number),
      outputKey: 'output',
      errorKey: 'errors',
      ...more,
    });
  return { batch, collect };
}

const linesOf = (key: string) =>
  bench.objects
    .text(key)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as BatchAnswerLine);
const idsOf = (key: string) => linesOf(key).map(({ custom_id }) => custom_id);

it('writes answers to one file and failures to the other, both in the order of the input', async () => {
  const { collect } = await ran(11, [0, 5, 10]);
  const collected = await collect();
  expect(collected).toMatchObject({ completed: 8, failed: 3, missing: 0, used: { nanoUsd: 80 } });
  expect(collected.output).toMatchObject({ key: 'output' });
  expect(collected.errors).toMatchObject({ key: 'errors' });
  expect(idsOf('output')).toEqual(['r1', 'r2', 'r3', 'r4', 'r6', 'r7', 'r8', 'r9']);
  expect(idsOf('errors')).toEqual(['r0', 'r5', 'r10']);
  expect(linesOf('errors')[1]).toMatchObject({ response: { status_code: 400 }, error: null });
});

it('gives out no file that would be empty, and leaves none behind', async () => {
  const good = await ran(3, []);
  expect(await good.collect({ missing: { code: 'batch_expired', message: 'late' } })).toMatchObject({
    errors: undefined,
  });
  const bad = await ran(2, [0, 1]);
  expect(await bad.collect({ outputKey: 'none' })).toMatchObject({ output: undefined, failed: 2, completed: 0 });
  expect([...bench.objects.keys()]).toContain('output');
  expect([...bench.objects.keys()]).not.toContain('none');
});

it('tells of every record without a result where that is asked for', async () => {
  const { collect } = await ran(10, [1], [2, 3, 9]);
  expect(await collect()).toMatchObject({ completed: 6, failed: 1, missing: 0 });
  const missing = { code: 'batch_expired', message: 'It was not run before the deadline.' };
  expect(await collect({ missing })).toMatchObject({ completed: 6, failed: 1, missing: 3 });
  expect(idsOf('errors')).toEqual(['r1', 'r2', 'r3', 'r9']);
  expect(linesOf('errors')[3]).toMatchObject({ custom_id: 'r9', response: null, error: missing });
});

it('writes the same again', async () => {
  const { collect } = await ran(9, [4]);
  const [first, second] = [await collect(), await collect()];
  expect(second).toEqual(first);
});
