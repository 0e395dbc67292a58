import { PlatformError } from '@plinth/contracts';
import type { Connection } from '../../embedded/database.ts';
import type { BatchReply, Failure, Operation } from '../../embedded/protocol.ts';
import { rolledBack } from '../../embedded/rolled-back.ts';
import { CardTables } from './card-tables.ts';
import { ShardTables } from './shard-tables.ts';

/** What can be called by name. */
function methodsOf(cards: CardTables, shards: ShardTables) {
  return {
    putFile: (...args: Parameters<CardTables['putFile']>) => cards.putFile(...args),
    getFile: (...args: Parameters<CardTables['getFile']>) => cards.getFile(...args),
    listFiles: (...args: Parameters<CardTables['listFiles']>) => cards.listFiles(...args),
    deleteFile: (...args: Parameters<CardTables['deleteFile']>) => cards.deleteFile(...args),
    createBatch: (...args: Parameters<CardTables['createBatch']>) => cards.createBatch(...args),
    getBatch: (...args: Parameters<CardTables['getBatch']>) => cards.getBatch(...args),
    listBatches: (...args: Parameters<CardTables['listBatches']>) => cards.listBatches(...args),
    openBatches: (...args: Parameters<CardTables['openBatches']>) => cards.openBatches(...args),
    changeBatch: (...args: Parameters<CardTables['changeBatch']>) => cards.changeBatch(...args),
    addShards: (...args: Parameters<ShardTables['addShards']>) => shards.addShards(...args),
    openShards: (...args: Parameters<ShardTables['openShards']>) => shards.openShards(...args),
    take: (...args: Parameters<ShardTables['take']>) => shards.take(...args),
    beat: (...args: Parameters<ShardTables['beat']>) => shards.beat(...args),
    committed: (...args: Parameters<ShardTables['committed']>) => shards.committed(...args),
    commit: (...args: Parameters<ShardTables['commit']>) => shards.commit(...args),
    finish: (...args: Parameters<ShardTables['finish']>) => shards.finish(...args),
    release: (...args: Parameters<ShardTables['release']>) => shards.release(...args),
    progress: (...args: Parameters<ShardTables['progress']>) => shards.progress(...args),
    results: (...args: Parameters<ShardTables['results']>) => shards.results(...args),
    dropSome: (...args: Parameters<ShardTables['dropSome']>) => shards.dropSome(...args),
  };
}
export type Methods = ReturnType<typeof methodsOf>;

const READS: ReadonlySet<unknown> = new Set<keyof Methods>([
  'getFile',
  'listFiles',
  'getBatch',
  'listBatches',
  'openBatches',
  'openShards',
  'committed',
  'progress',
  'results',
]);

/** Runs what has gathered in one transaction. It keeps nothing in memory, so other processes may have the file open. */
export class Engine {
  readonly #db: Connection;
  readonly #methods: Methods;
  readonly #beginWrite;
  readonly #beginRead;
  readonly #commit;

  constructor(db: Connection) {
    this.#db = db;
    this.#methods = methodsOf(new CardTables(db), new ShardTables(db));
    this.#beginWrite = db.prepare('BEGIN IMMEDIATE');
    this.#beginRead = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
  }

  /** An operation that is refused has written nothing and fails alone; a commit that fails fails everybody. */
  run(operations: readonly Operation[]): BatchReply {
    try {
      (operations.every((op) => READS.has(op[1])) ? this.#beginRead : this.#beginWrite).run([]);
      const failures: Failure[] = [];
      const results = operations.map((op, index) => {
        try {
          return this.#call(op);
        } catch (error) {
          if (!(error instanceof PlatformError)) throw error;
          failures.push([index, error.code, error.message]);
          return undefined;
        }
      });
      this.#commit.run([]);
      return [results, failures];
    } catch (error) {
      return rolledBack(this.#db, error);
    }
  }

  #call([, method, ...args]: Operation): unknown {
    const found = (this.#methods as Record<string, ((...args: unknown[]) => unknown) | undefined>)[String(method)];
    if (!found) throw new PlatformError('internal', `The store of batches has no operation "${method}".`);
    return found(...args);
  }
}
