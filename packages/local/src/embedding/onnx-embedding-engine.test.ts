import { afterEach, describe, expect, it } from 'vitest';
import type { EmbeddingThread, StartThread, ThreadEvents } from './embedding-thread.ts';
import { startThread } from './embedding-thread.ts';
import { OnnxEmbeddingEngine, type OnnxEmbeddingOptions } from './onnx-embedding-engine.ts';

const never = new AbortController().signal;
const engines: OnnxEmbeddingEngine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));

async function load(options: Partial<OnnxEmbeddingOptions>): Promise<OnnxEmbeddingEngine> {
  const engine = await OnnxEmbeddingEngine.load({ path: 'unused', modelId: 'm', ...options });
  engines.push(engine);
  return engine;
}

/** A thread in a test's hands: it answers when told to. */
class HeldThread implements EmbeddingThread {
  readonly jobs: { job: number; texts: readonly string[] }[] = [];
  starts = 0;
  ended = 0;
  #events: ThreadEvents | undefined;

  readonly start: StartThread = (events) => {
    this.starts += 1;
    this.#events = events;
    queueMicrotask(() => events.onReady({ dimensions: 1, maxTokens: 9 }));
    return this;
  };

  post(job: number, texts: readonly string[]): void {
    this.jobs.push({ job, texts });
  }

  end(): Promise<void> {
    this.ended += 1;
    return Promise.resolve();
  }

  /** Answers the oldest job: each text's vector is its length. */
  answer(): void {
    const { job, texts = [] } = this.jobs.shift() ?? { job: -1 };
    const tokens = texts.map(({ length }) => length);
    const truncated = tokens.map((count) => count > 9);
    this.#events?.onDone(job, { values: Float32Array.from(tokens), dimensions: 1, tokens, truncated });
  }

  crash(): void {
    this.jobs.length = 0;
    this.#events?.onEnded(new Error('gone'));
  }
}

describe('the queue in front of the embedding model', () => {
  it('gives each caller its own vectors in order, whatever was read together', async () => {
    const thread = new HeldThread();
    const engine = await load({ start: thread.start });
    const many = engine.embed(
      Array.from({ length: 40 }, (_, at) => 'x'.repeat(at + 1)),
      never,
    );
    const one = engine.embed(['abc'], never);
    expect(thread.jobs).toHaveLength(2);
    expect(engine.load()).toEqual({ running: 32, waiting: 9 });
    thread.answer();
    expect(thread.jobs.at(-1)?.texts).toContain('abc');
    thread.answer();
    thread.answer();
    expect(await one).toEqual({ vectors: [Float32Array.of(3)], tokens: 3, truncated: 0 });
    const { vectors, tokens, truncated } = await many;
    expect(vectors.map(([length]) => length)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect({ tokens, truncated }).toEqual({ tokens: 820, truncated: 31 });
    expect(engine.load()).toEqual({ running: 0, waiting: 0 });
  });

  it('refuses what is over its bounds in texts and in size, and takes more once they have left', async () => {
    const thread = new HeldThread();
    const engine = await load({ start: thread.start, maxWaiting: 3, maxWaitingUnits: 100 });
    const controller = new AbortController();
    const busy = [engine.embed(['a'], never), engine.embed(['b'], never)];
    const waiting = engine.embed(['c', 'd'], controller.signal);
    await expect(engine.embed(['e', 'f'], never)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    await expect(engine.embed(['x'.repeat(99)], never)).rejects.toMatchObject({ code: 'overloaded' });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'client_closed' });
    expect(engine.load()).toEqual({ running: 2, waiting: 0 });
    const next = engine.embed(['x'.repeat(99)], never);
    for (let job = 0; job < 3; job += 1) thread.answer();
    await expect(Promise.all([...busy, next])).resolves.toHaveLength(3);
  });

  it('does not read for a caller whose signal fired before, and answers no texts with no vectors', async () => {
    const thread = new HeldThread();
    const engine = await load({ start: thread.start });
    await expect(engine.embed(['a'], AbortSignal.abort())).rejects.toMatchObject({ code: 'client_closed' });
    expect(await engine.embed([], never)).toEqual({ vectors: [], tokens: 0, truncated: 0 });
    expect(thread.jobs).toHaveLength(0);
  });

  it('fails everything when it closes', async () => {
    const thread = new HeldThread();
    const engine = await load({ start: thread.start });
    const running = engine.embed(['a'], never);
    await engine.close();
    await expect(running).rejects.toMatchObject({ code: 'overloaded' });
    await expect(engine.embed(['b'], never)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('starts again three times within a minute and then gives up in words; later crashes count anew', async () => {
    let time = 0;
    const thread = new HeldThread();
    const engine = await load({ start: thread.start, now: () => time });
    const crash = async () => {
      const lost = engine.embed(['a'], never);
      await Promise.resolve();
      thread.crash();
      await expect(lost).rejects.toMatchObject({ code: 'upstream_failed' });
      await Promise.resolve();
    };
    for (let round = 0; round < 3; round += 1) await crash();
    time += 61_000;
    for (let round = 0; round < 3; round += 1) await crash();
    expect(thread.starts).toBe(7);
    await crash();
    expect(thread.starts).toBe(7);
    await expect(engine.embed(['b'], never)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('not started again'),
    });
  });
});

describe('a thread that fails', () => {
  const fragile = { start: startThread('unused', new URL('./__fixtures__/fragile-thread.mjs', import.meta.url)) };

  it.each(['die', 'exit'])(
    'fails what it held when it does "%s", and another takes up what comes after',
    async (text) => {
      const engine = await load(fragile);
      await expect(engine.embed([text], never)).rejects.toMatchObject({ code: 'upstream_failed' });
      expect((await engine.embed(['abcd'], never)).vectors).toEqual([Float32Array.of(4, 1)]);
    },
  );

  it('goes on when the model refuses a job', async () => {
    const engine = await load(fragile);
    await expect(engine.embed(['refuse'], never)).rejects.toMatchObject({ code: 'upstream_failed' });
    expect((await engine.embed(['ab'], never)).tokens).toBe(2);
  });

  it('is ended when a job takes too long', async () => {
    const engine = await load({ ...fragile, maxRunMs: 50 });
    await expect(engine.embed(['hang'], never)).rejects.toMatchObject({ code: 'upstream_timeout' });
    expect((await engine.embed(['ab'], never)).tokens).toBe(2);
  });

  it('says that a file is no model', async () => {
    const path = new URL('./runs.ts', import.meta.url).pathname;
    await expect(load({ path })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(path),
    });
  });

  it('gives up loading when told to', async () => {
    const controller = new AbortController();
    const start: StartThread = () => ({ post: () => undefined, end: () => Promise.resolve() });
    const loading = load({ start, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(loading).rejects.toThrow('enough');
  });
});
