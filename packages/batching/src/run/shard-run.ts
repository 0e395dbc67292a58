import { setMaxListeners } from 'node:events';
import { PlatformError } from '@plinth/contracts';
import type { BatchStore, Lease, RecordResult } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import type { RecordEngine } from '../ports/record-engine.ts';
import type { Timers } from '../ports/timers.ts';
import { answered, failed, recordId } from './answer-line.ts';
import { Call } from './call.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Outage } from './outage.ts';
import type { Pace, Slot } from './pace.ts';
import { backoff, kindOf, type RetryRules } from './retry.ts';
import { shardRecords, type PlacedRecord } from './shard-records.ts';

export interface ShardRunParts {
  readonly store: Pick<BatchStore, 'committed' | 'commit' | 'beat' | 'finish' | 'release'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly engine: RecordEngine;
  /** Shared by all runs on the same engine. */
  readonly pace: Pace;
  readonly outage: Outage;
  /** Of two runs, the lower goes first. */
  readonly order: number;
  readonly retry: RetryRules;
  readonly recordTimeoutMs: number;
  readonly leaseMs: number;
  readonly timers: Timers;
  readonly random: () => number;
  readonly onCommit: (results: readonly RecordResult[]) => void;
  /** There is less left to begin than the engine takes at once: another shard may be taken. */
  readonly onLow: () => void;
}

/**
 * How a run ended. `finished`: nothing more will come of the shard. `released`: somebody else may go on. `lost`: somebody else has; nothing was
 * written after that. `failed`: the store or the lines were out of reach; it is given back as far as can be.
 */
export type ShardEnd =
  | { readonly kind: 'finished' | 'released' | 'lost'; readonly error?: undefined }
  | { readonly kind: 'failed'; readonly error: PlatformError };

/** A record that is not through: how often it has failed, by its own fault or the engine's haste. */
interface Pending extends PlacedRecord {
  readonly failures: number;
  readonly refusals: number;
}

const STOPPED = new PlatformError('client_closed', 'The run of the shard was stopped.');
const COMMIT_TRIES = 4;
/** While so many records wait for another try nothing new is begun: the engine has trouble, and memory is bounded. */
const MOST_RESTING = 64;

/** Works through one shard under its lease. A record keeps its slot until its result is committed, so that a kill repeats no more calls than are under way. */
export class ShardRun {
  readonly lease: Lease;
  readonly #parts: ShardRunParts;
  readonly #commits = new CommitQueue((results) => this.#commit(results));
  readonly #calls = new Set<Call>();
  /** Aborted when nothing new is to be begun. */
  readonly #halt = new AbortController();
  readonly #retries: Pending[] = [];
  /** Records that wait for their next try. */
  #resting = 0;
  #underWay = 0;
  #left: number;
  #read = false;
  #saidLow = false;
  #end: ShardEnd = { kind: 'finished' };
  #saidAt: number;
  #wake: () => void = () => undefined;
  readonly done: Promise<ShardEnd>;

  constructor(lease: Lease, parts: ShardRunParts) {
    this.lease = lease;
    this.#parts = parts;
    this.#left = lease.records;
    this.#saidAt = parts.timers.now();
    // Each record that rests listens.
    setMaxListeners(2 * MOST_RESTING, this.#halt.signal);
    this.done = this.#run();
  }

  /** Whether it has more to begin than its engine takes at once, as far as it knows. */
  get busy(): boolean {
    return !this.#halt.signal.aborted && this.#left > this.#parts.pace.limit;
  }

  /** Begins nothing new, lets calls end, and gives the shard back. */
  drain(): void {
    this.#stop({ kind: 'released' });
  }

  /** Ends the calls as well; what is answered is committed. */
  abort(): void {
    this.drain();
    for (const call of this.#calls) call.abort(STOPPED);
  }

  /** For good: what is committed is all that will come of the shard. */
  cancel(): void {
    this.#stop({ kind: 'finished' });
    this.abort();
  }

  /** Says that it lives, and ends calls that take too long. To be called a few times in a lease time. */
  async beat(): Promise<void> {
    const { timers, store, leaseMs, recordTimeoutMs } = this.#parts;
    const now = timers.now();
    for (const call of this.#calls) call.checkTime(now, recordTimeoutMs);
    if (now - this.#saidAt < leaseMs / 6) return;
    try {
      await store.beat(this.lease);
      this.#saidAt = now;
    } catch (error) {
      const failure = PlatformError.from(error, 'storage_failed');
      // A lease that nobody could be told of for so long is likely another's by now.
      if (isLost(failure) || timers.now() - this.#saidAt >= leaseMs) this.#fail(failure);
    }
  }

  async #run(): Promise<ShardEnd> {
    try {
      await this.#begin();
    } catch (error) {
      this.#fail(error);
    }
    while (this.#underWay > 0 || this.#resting > 0) await this.#change();
    return this.#close();
  }

  async #begin(): Promise<void> {
    const { store, objects, pace, outage, order } = this.#parts;
    const { signal } = this.#halt;
    const committed = new Set(await store.committed(this.lease));
    this.#left -= committed.size;
    const skip = (ordinal: number) => committed.has(ordinal);
    const fresh = shardRecords(objects, this.lease, { signal, skip });
    try {
      for (let next = await this.#next(fresh); next !== undefined; next = await this.#next(fresh)) {
        await outage.turn(signal);
        const slot = await pace.take(order, signal);
        if (slot === undefined) return;
        void this.#attempt(next, slot);
      }
    } finally {
      await fresh.return(undefined);
    }
  }

  /** What is to be tried next: what has failed and rested, else what is new. Undefined once nothing will come any more. */
  async #next(fresh: AsyncGenerator<PlacedRecord>): Promise<Pending | undefined> {
    while (!this.#halt.signal.aborted) {
      const retry = this.#retries.shift();
      if (retry !== undefined) return retry;
      if (!this.#read && this.#resting < MOST_RESTING) {
        const { value, done } = await fresh.next();
        if (done !== true) return this.#first(value);
        this.#read = true;
        this.#left = 0;
      }
      if (this.#read && this.#underWay === 0 && this.#resting === 0 && this.#retries.length === 0) return undefined;
      if (this.#retries.length === 0) await this.#change();
    }
    return undefined;
  }

  #first(record: PlacedRecord): Pending {
    this.#left -= 1;
    if (!this.#saidLow && !this.busy) {
      this.#saidLow = true;
      this.#parts.onLow();
    }
    return { ...record, failures: 0, refusals: 0 };
  }

  async #attempt(pending: Pending, slot: Slot): Promise<void> {
    this.#underWay += 1;
    try {
      const result = await this.#ask(pending, slot);
      if (result !== undefined) await this.#commits.add(result);
    } catch (error) {
      this.#fail(error);
    } finally {
      slot.end();
      this.#underWay -= 1;
      this.#wake();
    }
  }

  /** What became of the record, unless it is tried again or was stopped. Throws what ends the run of the shard. */
  async #ask(pending: Pending, slot: Slot): Promise<RecordResult | undefined> {
    const { engine, outage, timers } = this.#parts;
    const id = recordId(this.lease, pending.ordinal);
    const call = new Call(engine, { line: pending.line, requestId: id }, timers.now());
    this.#calls.add(call);
    try {
      const outcome = await call.outcome;
      slot.succeeded();
      outage.answered();
      return answered(id, pending, outcome);
    } catch (error) {
      if (error === STOPPED) return undefined;
      return this.#judge(pending, slot, PlatformError.from(error));
    } finally {
      this.#calls.delete(call);
    }
  }

  #judge(pending: Pending, slot: Slot, error: PlatformError): RecordResult | undefined {
    const id = recordId(this.lease, pending.ordinal);
    const { maxAttempts = 6 } = this.#parts.retry;
    switch (kindOf(error)) {
      case 'store':
        throw error;
      case 'refused':
        return failed(id, pending, error, true);
      case 'too_fast':
        slot.tooFast();
        this.#rest({ ...pending, refusals: pending.refusals + 1 }, error);
        return undefined;
      case 'failed':
        this.#parts.outage.failed();
        if (pending.failures + 1 >= maxAttempts) return failed(id, pending, error, false);
        this.#rest({ ...pending, failures: pending.failures + 1 }, error);
        return undefined;
    }
  }

  /** Tries it again later. It gives up its slot meanwhile, and is gone when the run is stopped: it is not committed. */
  #rest(pending: Pending, error: PlatformError): void {
    const { timers, retry, random } = this.#parts;
    const wait = backoff(pending.failures + pending.refusals, error, retry, random);
    this.#resting += 1;
    void timers.wait(wait, this.#halt.signal).then(() => {
      this.#resting -= 1;
      if (!this.#halt.signal.aborted) this.#retries.push(pending);
      this.#wake();
    });
  }

  /** A store that stumbles is asked again: what would be lost has been paid for, and what is there already stays. */
  async #commit(results: readonly RecordResult[]): Promise<void> {
    const { store, timers, retry, random, onCommit } = this.#parts;
    for (let tries = 1; ; tries++) {
      if (this.#end.kind === 'lost') throw this.#lost();
      const at = timers.now();
      try {
        await store.commit(this.lease, results);
        this.#saidAt = at;
        onCommit(results);
        return;
      } catch (error) {
        const failure = PlatformError.from(error, 'storage_failed');
        if (isLost(failure) || tries >= COMMIT_TRIES) throw failure;
        await timers.wait(backoff(tries, failure, retry, random), new AbortController().signal);
      }
    }
  }

  #lost(): PlatformError {
    return new PlatformError(
      'conflict',
      `lease_lost: shard ${this.lease.number} of ${this.lease.batchId} is another's.`,
    );
  }

  #fail(thrown: unknown): void {
    const error = PlatformError.from(thrown, 'storage_failed');
    if (this.#end.kind === 'lost') return;
    this.#end = isLost(error) ? { kind: 'lost' } : { kind: 'failed', error };
    this.#halt.abort();
    // What another's lease forbids to write need not be answered; otherwise it has been paid for.
    if (this.#end.kind === 'lost') for (const call of this.#calls) call.abort(STOPPED);
    this.#wake();
  }

  #stop(end: ShardEnd): void {
    if (this.#halt.signal.aborted) return;
    this.#end = end;
    this.#halt.abort();
    this.#wake();
  }

  /** The last word to the store. */
  async #close(): Promise<ShardEnd> {
    const { store } = this.#parts;
    const end = this.#end;
    if (end.kind === 'lost') return end;
    try {
      if (end.kind === 'finished') await store.finish(this.lease);
      else await store.release(this.lease);
      return end;
    } catch (thrown) {
      const error = PlatformError.from(thrown, 'storage_failed');
      return isLost(error) ? { kind: 'lost' } : end.kind === 'failed' ? end : { kind: 'failed', error };
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** The lease is another's, or the shard is gone. */
function isLost({ code }: PlatformError): boolean {
  return code === 'conflict' || code === 'not_found';
}
