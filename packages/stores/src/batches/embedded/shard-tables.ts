import type { Amount } from '../../ports/ledger.ts';
import type { Connection } from '../../embedded/database.ts';
import { leaseLost } from '../bounds.ts';
import type { Lease, OpenShard, RecordResult, ShardCard, ShardProgress } from '../batch-store.ts';

/** How much of a shard's results one read may bring, bytes; a single longer one comes alone. */
const READ_BYTES = 1024 * 1024;
const READ_RESULTS = 1_000;
/** Results that go in one transaction. */
const DROPPED_AT_ONCE = 1_000;

interface ShardRow {
  readonly number: number;
  readonly records: number;
  readonly key: string;
  readonly token: number;
  readonly beat: number;
  readonly holder: string | null;
}

interface AmountRow {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly nano_usd: number;
}

const amountOf = (row: AmountRow): Amount => ({
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  nanoUsd: row.nano_usd,
});

/** A lease holds while the token is the shard's and somebody has it: who finished or gave it back has it no more. */
const HELD = 'batch = ? AND number = ? AND token = ? AND holder IS NOT NULL';

/** Shards and results. Every change of a shard raises its `beat`, so that what was seen is known by token and beat. */
export class ShardTables {
  readonly #add;
  readonly #open;
  readonly #take;
  readonly #beat;
  readonly #finish;
  readonly #release;
  readonly #held;
  readonly #numberOf;
  readonly #ordinals;
  readonly #addResult;
  readonly #addSums;
  readonly #progress;
  readonly #sizes;
  readonly #results;
  readonly #first;
  readonly #dropResults;
  readonly #drop;

  constructor(db: Connection) {
    this.#add = db.prepare(
      'INSERT INTO shards (batch, number, records, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#open = db.prepare(
      `SELECT number, records, key, token, beat, holder FROM shards WHERE batch = ? AND done = 0 AND number >= ? ORDER BY number LIMIT ?`,
    );
    this.#take = db.prepare(
      `UPDATE shards SET token = token + 1, beat = beat + 1, holder = ?
       WHERE batch = ? AND number = ? AND token = ? AND beat = ? AND done = 0`,
    );
    this.#beat = db.prepare(`UPDATE shards SET beat = beat + 1 WHERE ${HELD}`);
    // Finishing again does no harm, as whoever finished was the last to hold it.
    this.#finish = db.prepare(
      `UPDATE shards SET beat = beat + 1, holder = NULL, done = 1
       WHERE batch = ? AND number = ? AND token = ? AND (holder IS NOT NULL OR done = 1)`,
    );
    this.#release = db.prepare(`UPDATE shards SET beat = beat + 1, holder = NULL WHERE ${HELD}`);
    this.#held = db.prepare(`SELECT n FROM shards WHERE ${HELD}`);
    this.#numberOf = db.prepare('SELECT n FROM shards WHERE batch = ? AND number = ?');
    this.#ordinals = db.prepare('SELECT ordinal FROM results WHERE shard = ? ORDER BY ordinal').raw();
    this.#addResult = db.prepare(
      `INSERT INTO results (shard, ordinal, failed, input_tokens, output_tokens, nano_usd, line) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#addSums = db.prepare(
      `UPDATE shards SET beat = beat + 1, completed = completed + ?, failed = failed + ?, input_tokens = input_tokens + ?,
       output_tokens = output_tokens + ?, nano_usd = nano_usd + ? WHERE n = ?`,
    );
    this.#progress = db.prepare(
      `SELECT total(completed) AS completed, total(failed) AS failed, total(done = 0) AS shards_left,
       total(input_tokens) AS input_tokens, total(output_tokens) AS output_tokens, total(nano_usd) AS nano_usd
       FROM shards WHERE batch = ?`,
    );
    this.#sizes = db
      .prepare(
        `SELECT ordinal, octet_length(line) FROM results WHERE shard = ? AND ordinal >= ? ORDER BY ordinal LIMIT ${READ_RESULTS}`,
      )
      .raw();
    this.#results = db.prepare('SELECT * FROM results WHERE shard = ? AND ordinal BETWEEN ? AND ? ORDER BY ordinal');
    this.#first = db.prepare('SELECT n FROM shards WHERE batch = ? ORDER BY number LIMIT 1');
    this.#dropResults = db.prepare(
      `DELETE FROM results WHERE shard = ?1 AND ordinal < ${DROPPED_AT_ONCE} + (SELECT min(ordinal) FROM results WHERE shard = ?1)`,
    );
    this.#drop = db.prepare('DELETE FROM shards WHERE n = ?');
  }

  addShards(shards: readonly ShardCard[]): void {
    for (const { batchId, number, records, key } of shards) this.#add.run([batchId, number, records, key]);
  }

  openShards(batchId: string, limit: number, from: number): OpenShard[] {
    const rows = this.#open.all([batchId, from, limit]) as ShardRow[];
    return rows.map(({ number, records, key, token, beat, holder }) => {
      return { batchId, number, records, key, token, beat, holder: holder ?? undefined };
    });
  }

  take({ batchId, number, records, key, token, beat }: OpenShard, holder: string): Lease | undefined {
    const taken = this.#take.run([holder, batchId, number, token, beat]).changes > 0;
    return taken ? { batchId, number, records, key, token: token + 1, holder } : undefined;
  }

  beat(lease: Lease): void {
    if (this.#beat.run(idOf(lease)).changes === 0) throw leaseLost();
  }

  finish(lease: Lease): void {
    if (this.#finish.run(idOf(lease)).changes === 0) throw leaseLost();
  }

  release(lease: Lease): void {
    this.#release.run(idOf(lease));
  }

  committed({ batchId, number }: Lease): number[] {
    const shard = this.#shard(batchId, number);
    return shard === undefined ? [] : (this.#ordinals.all([shard]) as [number][]).map(([ordinal]) => ordinal);
  }

  commit(lease: Lease, results: readonly RecordResult[]): void {
    const held = this.#held.get(idOf(lease)) as { n: number } | undefined;
    if (held === undefined) throw leaseLost();
    const sums = { completed: 0, failed: 0, input: 0, output: 0, money: 0 };
    for (const { ordinal, line, failed, used } of results) {
      const row = [held.n, ordinal, failed ? 1 : 0, used.inputTokens, used.outputTokens, used.nanoUsd, line];
      // The first one stays, and only what stays is summed.
      if (this.#addResult.run(row).changes === 0) continue;
      sums[failed ? 'failed' : 'completed'] += 1;
      sums.input += used.inputTokens;
      sums.output += used.outputTokens;
      sums.money += used.nanoUsd;
    }
    this.#addSums.run([sums.completed, sums.failed, sums.input, sums.output, sums.money, held.n]);
  }

  progress(batchId: string): ShardProgress & { readonly shardsLeft: number } {
    const row = this.#progress.get([batchId]) as AmountRow & { completed: number; failed: number; shards_left: number };
    return { completed: row.completed, failed: row.failed, used: amountOf(row), shardsLeft: row.shards_left };
  }

  /** The next results from ordinal `from` on, as many as fit one read. Empty at the end. */
  results(batchId: string, number: number, from: number): RecordResult[] {
    const shard = this.#shard(batchId, number);
    if (shard === undefined) return [];
    let bytes = 0;
    let last = -1;
    for (const [ordinal, size] of this.#sizes.all([shard, from]) as [number, number][]) {
      bytes += size;
      if (last >= 0 && bytes > READ_BYTES) break;
      last = ordinal;
    }
    const rows = this.#results.all([shard, from, last]) as (AmountRow & {
      ordinal: number;
      failed: number;
      line: string;
    })[];
    return rows.map((row) => {
      return { ordinal: row.ordinal, line: row.line, failed: row.failed === 1, used: amountOf(row) };
    });
  }

  /** Drops a part of what there is, so that nobody waits long for it; false when nothing is left. */
  dropSome(batchId: string): boolean {
    const first = this.#first.get([batchId]) as { n: number } | undefined;
    if (first === undefined) return false;
    if (this.#dropResults.run([first.n]).changes === 0) this.#drop.run([first.n]);
    return true;
  }

  #shard(batchId: string, number: number): number | undefined {
    return (this.#numberOf.get([batchId, number]) as { n: number } | undefined)?.n;
  }
}

const idOf = ({ batchId, number, token }: Lease) => [batchId, number, token] as const;
