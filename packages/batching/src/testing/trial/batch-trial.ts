import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { BatchAnswerLine } from '@plinth/contracts';
import type { Amount } from '@plinth/stores';
import type { BatchStore } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { expect } from 'vitest';
import { splitFile } from '../../split/split-file.ts';
import { runnableBatch } from '../batch-card.ts';
import { CountingUpstream } from './counting-upstream.ts';
import { costOf, isRefused, numberOf, openTrial, TRIAL, trialRequest } from './trial-files.ts';

export interface TrialOptions {
  readonly records: number;
  readonly recordsPerShard: number;
  /** Calls at once of each worker. */
  readonly atOnce: number;
  readonly leaseMs: number;
  /** How long an answer takes, milliseconds. @default 5 to 20, by chance */
  readonly latencyMs?: () => number;
  /** The worker as one file of plain JavaScript. @default its source, which takes longer to start */
  readonly program?: string;
}

/** The worker's source, for who wants to build it. */
export const WORKER_SOURCE = new URL('./worker-process.ts', import.meta.url);

/** A batch, workers in processes of their own, and what must hold whatever becomes of them. */
export class BatchTrial {
  readonly #options: TrialOptions;
  readonly #folder: string;
  readonly url: string;
  readonly #children = new Set<ChildProcess>();
  readonly upstream: CountingUpstream;
  readonly store: BatchStore;
  readonly objects: ObjectStore;

  private constructor(
    options: TrialOptions,
    opened: { folder: string; url: string; upstream: CountingUpstream; store: BatchStore; objects: ObjectStore },
  ) {
    this.#options = options;
    this.#folder = opened.folder;
    this.url = opened.url;
    this.upstream = opened.upstream;
    this.store = opened.store;
    this.objects = opened.objects;
  }

  /** Cuts a file and leaves the batch to whoever works. */
  static async open(options: TrialOptions): Promise<BatchTrial> {
    const { records, recordsPerShard } = options;
    const folder = await mkdtemp(join(tmpdir(), 'plinth-batch-'));
    const upstream = new CountingUpstream(options);
    const url = await upstream.listen();
    const { store, objects } = await openTrial(folder);
    async function* file() {
      for (let number = 0; number < records; number++) yield Buffer.from(`${trialRequest(number)}\n`);
    }
    const { shards } = await splitFile(file(), {
      batchId: TRIAL.batchId,
      endpoint: '/v1/chat/completions',
      knowsModel: () => true,
      objects,
      shardKey: TRIAL.shardKey,
      recordsPerShard,
    });
    await store.addShards(shards);
    const { batchId: id, tenant } = TRIAL;
    const cut = { total: records, shards: shards.length };
    await store.createBatch(runnableBatch({ id, tenant, createdAt: Date.now(), ...cut }));
    return new BatchTrial(options, { folder, url, upstream, store, objects });
  }

  /** Starts a worker in a process of its own. */
  start(name: string, skewMs = 0): ChildProcess {
    const { leaseMs, atOnce, program } = this.#options;
    const start = program === undefined ? ['--import', 'tsx', fileURLToPath(WORKER_SOURCE)] : [program];
    const args = [...start, this.#folder, this.url, name, leaseMs, atOnce, skewMs].map(String);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  /** Kills a worker, and checks that it had no more calls under way than it may: called in its life, and not committed at its end. */
  async kill(child: ChildProcess, calledBefore: number): Promise<number> {
    if (this.#children.has(child)) {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    }
    const committed = await this.committed();
    const called = new Set(this.upstream.log.slice(calledBefore).map(({ record }) => record));
    const lost = [...called].filter((record) => !committed.has(record)).length;
    expect(lost).toBeLessThanOrEqual(this.#options.atOnce);
    return lost;
  }

  /** Records whose result is durable. */
  async committed(): Promise<ReadonlySet<number>> {
    const { records, recordsPerShard } = this.#options;
    const committed = new Set<number>();
    for (let number = 0; number * recordsPerShard < records; number++)
      for await (const page of this.store.results({ batchId: TRIAL.batchId, number }))
        for (const { ordinal } of page) committed.add(number * recordsPerShard + ordinal);
    return committed;
  }

  async #linesOf(key: string): Promise<readonly BatchAnswerLine[]> {
    const object = (await this.objects.get(key))!;
    const lines = (await text(object.body)).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as BatchAnswerLine);
  }

  /** Every record is in one of the files, once, in order, with its own answer; what is recorded of use is the sum over the records. @returns The answers. */
  async check(): Promise<readonly BatchAnswerLine[]> {
    const all = Array.from({ length: this.#options.records }, (_, number) => number);
    const [answers, errors] = [await this.#linesOf(TRIAL.output), await this.#linesOf(TRIAL.errors)];
    expect(answers.map((line) => numberOf(line.custom_id))).toEqual(all.filter((number) => !isRefused(number)));
    expect(errors.map((line) => numberOf(line.custom_id))).toEqual(all.filter(isRefused));
    for (const { custom_id: id, response } of answers)
      expect(response).toMatchObject({ status_code: 200, body: { content: `It is ${numberOf(id)}` } });
    const batch = await this.store.getBatch(TRIAL.tenant, TRIAL.batchId);
    const used = all.map(costOf).reduce(sum);
    expect(batch).toMatchObject({ status: 'completed', used });
    expect(await this.store.progress(TRIAL.batchId)).toMatchObject({
      completed: answers.length,
      failed: errors.length,
      used,
    });
    return answers;
  }

  /** Calls beyond one a record. */
  get repeated(): number {
    return [...this.upstream.calls.values()].reduce((sum, calls) => sum + calls - 1, 0);
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.upstream.close();
    await this.store.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function sum(a: Amount, b: Amount): Amount {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    nanoUsd: a.nanoUsd + b.nanoUsd,
  };
}
