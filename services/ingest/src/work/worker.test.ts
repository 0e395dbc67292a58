import { PlatformError } from '@plinth/contracts';
import type { IngestJob } from '@plinth/retrieval';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualTimers, settle } from '../testing/manual-timers.ts';
import { MemoryIndex } from '../testing/memory-index.ts';
import type { Ingest } from './ingester.ts';
import { Worker, type Outcome, type WorkerOptions } from './worker.ts';

let timers: ManualTimers;
let index: MemoryIndex;
let outcomes: [string, Outcome][];
let errors: unknown[];
let workers: Worker[];
/** Jobs under way, by document: each is ended by the test. */
let under: Map<string, { job: IngestJob; signal: AbortSignal; end: () => void; fail: (error: unknown) => void }>;

beforeEach(() => {
  timers = new ManualTimers();
  index = new MemoryIndex(() => timers.now());
  [outcomes, errors, workers, under] = [[], [], [], new Map()];
});
afterEach(async () => {
  const stopped = Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
  await timers.advance(1_000);
  await stopped;
});

const ingest: Ingest = async (job, { signal }) => {
  await new Promise<void>((resolve, reject) => {
    under.set(job.documentId, { job, signal, end: resolve, fail: reject });
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  }).finally(() => under.get(job.documentId)?.job === job && under.delete(job.documentId));
  return index.complete(job, { title: '', text: '', blocks: [], pages: undefined, chunks: [], vectors: [] });
};

function start(options: Partial<WorkerOptions> = {}): Worker {
  const worker = new Worker({
    index,
    ingest,
    name: 'w',
    concurrency: 2,
    leaseMs: 30_000,
    pollMs: 2_000,
    timers,
    random: () => 0,
    onOutcome: (job, outcome) => outcomes.push([job.documentId, outcome]),
    onError: (error) => errors.push(error),
    ...options,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

async function offer(...ids: string[]): Promise<void> {
  for (const documentId of ids)
    await index.offer({
      tenant: 'acme',
      documentId,
      title: documentId,
      mediaType: 'text/plain',
      bytes: 1,
      contentHash: documentId,
      groups: ['staff'],
      metadata: {},
      objectKey: `acme/${documentId}`,
    });
}

const running = () => [...under.keys()].sort();
const stateOf = async (documentId: string) => (await index.find({ tenant: 'acme', documentId }))?.state;

describe('a worker', () => {
  it('runs a few jobs at once and goes on as they end', async () => {
    await offer('a', 'b', 'c', 'd', 'e');
    start();
    await settle();
    expect(running()).toEqual(['a', 'b']);
    under.get('b')!.end();
    await settle();
    expect(running()).toEqual(['a', 'c']);
    for (const id of ['a', 'c', 'd', 'e']) {
      under.get(id)!.end();
      await settle();
    }
    expect(outcomes).toEqual([
      ['b', 'done'],
      ['a', 'done'],
      ['c', 'done'],
      ['d', 'done'],
      ['e', 'done'],
    ]);
  });

  it('begins at once when it is woken, and finds by itself what nobody spoke of', async () => {
    const worker = start();
    await settle();
    await offer('told');
    worker.wake();
    await settle();
    expect(running()).toEqual(['told']);
    await offer('untold');
    await settle();
    expect(running()).toEqual(['told']);
    await timers.advance(2_000);
    expect(running()).toEqual(['told', 'untold']);
  });

  it('keeps the leases of what runs and of what waits, however long it takes', async () => {
    await offer('a', 'b', 'c');
    start();
    await timers.advance(300_000);
    const other = await index.lease({ worker: 'other', leaseMs: 1, limit: 10 });
    expect(other).toEqual([]);
    expect(running()).toEqual(['a', 'b']);
    expect(outcomes).toEqual([]);
  });

  it('tells how far a job is', async () => {
    const progress: unknown[] = [];
    await offer('a');
    start({
      ingest: (job, options) => {
        options.onProgress({ step: 'embed', done: 3, total: 9 });
        return ingest(job, options);
      },
      index: new Proxy(index, {
        get: (target, name) =>
          name === 'progress'
            ? (...args: Parameters<MemoryIndex['progress']>) => {
                progress.push(args[1]);
                return target.progress(...args);
              }
            : (Reflect.get(target, name) as () => unknown).bind(target),
      }),
    });
    await timers.advance(1_000);
    expect(progress).toEqual([{ step: 'embed', done: 3, total: 9 }]);
  });

  it('stops work under a lease that was lost, and writes nothing of it', async () => {
    await offer('a');
    start();
    await settle();
    const { job, signal } = under.get('a')!;
    // A newer version: the old job's fence no longer holds.
    await index.offer({ ...job, contentHash: 'newer' });
    await timers.advance(30_000);
    expect(signal.aborted).toBe(true);
    expect(outcomes[0]).toEqual(['a', 'lost']);
    expect(under.get('a')!.job.version).toBe(2);
  });

  it('takes a lease as lost when it could not be renewed until it ran out', async () => {
    await offer('a');
    let broken = false;
    start({
      index: {
        lease: (options) => index.lease(options),
        fail: (...args) => index.fail(...args),
        progress: (...args) =>
          broken ? Promise.reject(new PlatformError('storage_failed', 'down')) : index.progress(...args),
      },
    });
    await settle();
    broken = true;
    await timers.advance(29_000);
    expect(under.get('a')!.signal.aborted).toBe(false);
    await timers.advance(2_000);
    expect(outcomes).toEqual([['a', 'lost']]);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('tries again what may pass, later each time, and in the end gives up with the reason', async () => {
    await offer('a');
    start({ attempts: 3 });
    await settle();
    for (const waitMs of [500, 2_000]) {
      under.get('a')!.fail(new PlatformError('upstream_timeout', 'The embedder did not answer.'));
      await settle();
      expect(index.jobs[0]!.state).toBe('queued');
      expect(index.jobs[0]!.dueAt - timers.now()).toBe(waitMs);
      await timers.advance(waitMs + 2_000);
      expect(running()).toEqual(['a']);
    }
    under.get('a')!.fail(new PlatformError('upstream_timeout', 'The embedder did not answer.'));
    await settle();
    expect(await index.find({ tenant: 'acme', documentId: 'a' })).toMatchObject({
      state: 'failed',
      reason: 'The embedder did not answer.',
    });
    expect(outcomes.map(([, outcome]) => outcome)).toEqual(['retrying', 'retrying', 'dead']);
  });

  it.each([
    ['the document', new PlatformError('invalid_request', 'The PDF is broken.'), 'The PDF is broken.'],
    ['something unknown', new Error('secret detail'), expect.stringMatching(/^Something failed inside the platform/)],
  ])('gives up at once what %s is the reason of', async (_, error, reason) => {
    await offer('a');
    start();
    await settle();
    under.get('a')!.fail(error);
    await settle();
    expect(await index.find({ tenant: 'acme', documentId: 'a' })).toMatchObject({ state: 'failed', reason });
  });

  it('goes on when the table of jobs is out of reach for a while', async () => {
    await offer('a');
    let broken = true;
    start({
      index: {
        lease: (options) =>
          broken ? Promise.reject(new PlatformError('storage_failed', 'down')) : index.lease(options),
        fail: (...args) => index.fail(...args),
        progress: (...args) => index.progress(...args),
      },
    });
    await settle();
    await timers.advance(10_000);
    expect(errors).toHaveLength(6);
    broken = false;
    await timers.advance(2_000);
    expect(running()).toEqual(['a']);
  });

  it('stops once what runs has ended, and gives back what waits', async () => {
    await offer('a', 'b', 'c');
    const worker = start();
    await settle();
    let stopped = false;
    const stop = worker.stop({ graceMs: 10_000 }).then(() => (stopped = true));
    await timers.advance(1_000);
    expect(outcomes).toEqual([['c', 'given-back']]);
    under.get('a')!.end();
    under.get('b')!.end();
    await settle();
    await stop;
    expect(stopped).toBe(true);
    expect(await stateOf('a')).toBe('indexed');
    expect(await index.lease({ worker: 'next', leaseMs: 1, limit: 10 })).toMatchObject([{ documentId: 'c' }]);
  });

  it('gives back what does not end in time', async () => {
    await offer('a');
    const worker = start();
    await settle();
    const stop = worker.stop({ graceMs: 5_000 });
    await settle();
    await timers.advance(5_000);
    await stop;
    expect(outcomes).toEqual([['a', 'given-back']]);
    expect(await index.lease({ worker: 'next', leaseMs: 1, limit: 10 })).toMatchObject([
      { documentId: 'a', attempt: 2 },
    ]);
  });

  it('says when it has nothing to do', async () => {
    await offer('a');
    const worker = start();
    let idle = false;
    void worker.whenIdle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(false);
    under.get('a')!.end();
    await settle();
    expect(idle).toBe(true);
  });

  it('is one of many: no job runs twice at once, none is left', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `d${n}`);
    await offer(...ids);
    const seen = new Map<string, number>();
    const quick: Ingest = async (job) => {
      seen.set(job.documentId, (seen.get(job.documentId) ?? 0) + 1);
      await settle();
      return index.complete(job, { title: '', text: '', blocks: [], pages: undefined, chunks: [], vectors: [] });
    };
    for (let n = 0; n < 4; n++) start({ name: `w${n}`, ingest: quick });
    await timers.advance(20_000);
    expect([...seen.values()]).toEqual(ids.map(() => 1));
    expect(index.jobs.every(({ state }) => state === 'done')).toBe(true);
  });
});
