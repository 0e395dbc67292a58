import { afterEach, describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import type { ReserveOp, SettleOp } from './protocol.ts';
import { APPEND, RESERVE, SETTLE } from './protocol.ts';

const SETTINGS = { file: 'unused', durable: false, chain: 'c' };

/** A database thread of a few lines. */
const worker = (onMessage: string): URL =>
  new URL(
    `data:text/javascript,import { parentPort as port } from 'node:worker_threads';` +
      `port.on('message', (message) => { ${encodeURIComponent(onMessage)} }); port.postMessage([true]);`,
  );
const ECHO = `if (message === 'close') port.close();
  else { const batch = JSON.parse(message); port.postMessage([batch.map(() => batch.length)]); }`;
/** Admits every reservation, and answers anything else with the size of its batch. */
const ADMIT = `if (message === 'close') port.close();
  else { const batch = JSON.parse(message); port.postMessage([batch.map((op) => (op[0] === ${RESERVE} ? 0 : batch.length))]); }`;
const reserve: ReserveOp = [RESERVE, 0, 'r', 't', '', '', '', 1, 1, 1, 1_000];
const settle: SettleOp = [SETTLE, 0, 'r', 't', 1, 1, 1];

describe('group commit', () => {
  let queue: GroupCommit | undefined;
  afterEach(async () => queue?.close());
  const append = (weight?: number) => queue!.submit([APPEND, 'x'], weight);

  it('sends what arrives during a commit as one batch', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ECHO));
    const first = append();
    await new Promise((next) => setImmediate(() => setImmediate(next)));
    const rest = Array.from({ length: 40 }, () => append());
    expect(await first).toBe(1);
    expect(await Promise.all(rest)).toEqual(new Array(40).fill(40));
  });

  it('lets the end of a request share the commit of the next that begins, while others are under way', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ADMIT));
    await Promise.all([queue.submit(reserve), queue.submit(reserve)]);
    const settled = queue.submit(settle);
    // Turns enough for anything that does not wait to have been sent.
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setImmediate(next));
    await queue.submit(reserve);
    expect(await settled).toBe(2);
  });

  it('keeps no request waiting for company that cannot come, nor for long', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ADMIT));
    await Promise.all([queue.submit(reserve), queue.submit(reserve)]);
    expect(await queue.submit(settle)).toBe(1);
    expect(await Promise.all([queue.submit(settle), append()])).toEqual([2, 2]);
  });

  it('splits what is too much for one commit', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ECHO));
    const sizes = await Promise.all(Array.from({ length: 5 }, () => append(400)));
    expect(sizes).toEqual([2, 2, 2, 2, 1]);
  });

  it('refuses at once when too much is waiting, and takes more when it has gone', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ECHO));
    const waiting = Array.from({ length: 20 }, () => append(1_000));
    await expect(append()).rejects.toMatchObject({ code: 'overloaded', retryable: true });
    await Promise.all(waiting);
    expect(await append()).toBe(1);
  });

  it('fails everything that waits when the thread dies, and whatever comes later', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(`throw new Error('out of memory');`));
    const first = append();
    await new Promise((next) => setImmediate(() => setImmediate(next)));
    const second = append();
    const failed = { status: 'rejected', reason: expect.objectContaining({ code: 'storage_failed' }) };
    expect(await Promise.allSettled([first, second])).toEqual([failed, failed]);
    await expect(append()).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('says so when the thread exits of itself', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(`process.exit(3);`));
    await expect(append()).rejects.toMatchObject({
      code: 'storage_failed',
      cause: { message: expect.stringMatching(/3/) },
    });
  });

  it('finishes what is queued before it closes, and takes nothing after', async () => {
    queue = await GroupCommit.open(SETTINGS, worker(ECHO));
    const queued = append();
    await queue.close();
    expect(await queued).toBe(1);
    await expect(append()).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('says what went wrong when the database cannot be opened', async () => {
    const refused = new URL(
      `data:text/javascript,import { parentPort as port } from 'node:worker_threads'; port.postMessage([false, 'configuration', 'no']);`,
    );
    await expect(GroupCommit.open(SETTINGS, refused)).rejects.toMatchObject({ code: 'configuration', message: 'no' });
    const missing = new URL('file:///nowhere/worker.mjs');
    await expect(GroupCommit.open(SETTINGS, missing)).rejects.toMatchObject({ code: 'storage_failed' });
  });
});
