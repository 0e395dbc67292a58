import { randomBytes } from 'node:crypto';
import type { AuditRecord } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import { CHAIN_START } from '../audit/chain-hash.ts';
import type { ChainHead } from '../audit/segment.ts';
import { auditBodies, buildSegment, checkEnd, checkSegment, readSegment } from '../audit/segment.ts';
import type { AuditEntry, AuditLog, AuditVerification } from '../ports/audit-log.ts';
import { count, countOf, keyOf, text, textOf } from './attributes.ts';
import { chainPk, HEAD_SHARDS, headPk, segmentSk } from './audit-keys.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';

/** Characters of one segment; an item may have 400 KB. */
const SEGMENT_LENGTH = 80_000;
const QUEUE_LIMIT = 10_000;
const START: ChainHead = { sequence: 0, hash: CHAIN_START };

interface Waiting {
  readonly bodies: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Chain {
  readonly id: string;
  head: ChainHead;
}

/**
 * The audit log on DynamoDB. Each process writes a chain of its own, because a shared one would have every process wait for every other.
 * Records that arrive while a write is under way go together into one item, put with a condition, as BatchWriteItem takes none and would
 * let a fork through. The head follows in a second write: a crash between the two leaves at most one segment that nobody was told of.
 */
export class DynamoAuditLog implements AuditLog {
  readonly #caller: DynamoCaller;
  readonly #table: string;
  #chain: Chain | undefined;
  #queue: Waiting[] = [];
  #queued = 0;
  #flushing = false;

  constructor(caller: DynamoCaller, table: string) {
    this.#caller = caller;
    this.#table = table;
  }

  async append(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    const bodies = auditBodies(records);
    if (this.#queued + bodies.length > QUEUE_LIMIT)
      throw new PlatformError('overloaded', 'The audit log cannot keep up. Retry shortly.', { retryAfterSeconds: 1 });
    this.#queued += bodies.length;
    return new Promise((resolve, reject) => {
      this.#queue.push({ bodies, resolve, reject });
      if (!this.#flushing) void this.#flush();
    });
  }

  async *read(
    options: { chain?: string; afterSequence?: number; limit?: number } = {},
  ): AsyncGenerator<AuditEntry, void> {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    const after = options.afterSequence ?? 0;
    const chains = options.chain === undefined ? this.#chains() : [options.chain];
    for await (const chain of chains) {
      let previousHash = CHAIN_START;
      for await (const { first, lines } of this.#segments(chain)) {
        for (const entry of readSegment(chain, first, previousHash, lines)) {
          previousHash = entry.hash;
          if (entry.sequence <= after) continue;
          if (left-- <= 0) return;
          yield entry;
        }
      }
    }
  }

  async verify(options: { signal?: AbortSignal } = {}): Promise<AuditVerification> {
    let chains = 0;
    let records = 0;
    for await (const chain of this.#chains(options.signal)) {
      chains += 1;
      const head = await this.#readHead(chain, options.signal);
      let reached = START;
      let atHead: ChainHead = START;
      for await (const { first, lines } of this.#segments(chain, options.signal)) {
        const check = checkSegment(chain, reached, first, lines);
        if (check.problem !== undefined)
          return { ok: false, chains, records: records + reached.sequence, chain, ...check };
        reached = check.head;
        // What stands after the head was written while we read, or just before its writer died.
        if (reached.sequence <= head.sequence) atHead = reached;
      }
      records += reached.sequence;
      const problem = checkEnd(atHead, head);
      if (problem) return { ok: false, chains, records, chain, ...problem };
    }
    return { ok: true, chains, records };
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#writeSegment(batch.flatMap(({ bodies }) => bodies));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Whether it was written is not known, so this chain ends here and the next records start another.
        this.#chain = undefined;
        for (const { reject } of batch) reject(error);
      }
    }
    this.#flushing = false;
  }

  /** Whole calls, as many as fit one item; the records of one call stay together. */
  #takeBatch(): Waiting[] {
    let length = 0;
    const over = this.#queue.findIndex(({ bodies }) => {
      length += bodies.reduce((sum, body) => sum + body.length + 66, 0);
      return length > SEGMENT_LENGTH;
    });
    const batch = this.#queue.splice(0, Math.max(1, over === -1 ? this.#queue.length : over));
    for (const { bodies } of batch) this.#queued -= bodies.length;
    return batch;
  }

  async #writeSegment(bodies: readonly string[]): Promise<void> {
    const chain = (this.#chain ??= { id: randomBytes(9).toString('hex'), head: START });
    for (const part of splitByLength(bodies)) {
      const segment = buildSegment(chain.id, chain.head, part);
      const { pk, sk } = keyOf(chainPk(chain.id), segmentSk(segment.first));
      const put = {
        TableName: this.#table,
        Item: { pk, sk, lines: text(segment.lines) } as Item,
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      try {
        await this.#caller.run((client, options, sdk) => client.send(new sdk.PutItemCommand(put), options));
      } catch (error) {
        // An earlier try of this very put, whose answer was lost, is no fork.
        if (!(error instanceof ConditionFailed) || !(await this.#isOurs(chain.id, segment.first, segment.lines)))
          throw error instanceof ConditionFailed ? forked(error) : error;
      }
      await this.#moveHead(chain, segment.head);
    }
  }

  async #isOurs(chain: string, first: number, lines: string): Promise<boolean> {
    const get = { TableName: this.#table, Key: keyOf(chainPk(chain), segmentSk(first)), ConsistentRead: true };
    const found = await this.#caller.run((client, options, sdk) => client.send(new sdk.GetItemCommand(get), options));
    return found.Item !== undefined && textOf(found.Item, 'lines') === lines;
  }

  async #moveHead(chain: Chain, head: ChainHead): Promise<void> {
    const update = {
      TableName: this.#table,
      Key: keyOf(headPk(chain.id), chain.id),
      UpdateExpression: 'SET #s = :next, #h = :hash',
      ConditionExpression: 'attribute_not_exists(#s) OR #s <= :next',
      ExpressionAttributeNames: { '#s': 'sequence', '#h': 'hash' },
      ExpressionAttributeValues: { ':next': count(head.sequence), ':hash': text(head.hash) },
    };
    try {
      await this.#caller.run((client, options, sdk) => client.send(new sdk.UpdateItemCommand(update), options));
    } catch (error) {
      throw error instanceof ConditionFailed ? forked(error) : error;
    }
    chain.head = head;
  }

  async #readHead(chain: string, signal?: AbortSignal): Promise<ChainHead> {
    const get = { TableName: this.#table, Key: keyOf(headPk(chain), chain), ConsistentRead: true };
    const found = await this.#caller.run(
      (client, options, sdk) => client.send(new sdk.GetItemCommand(get), options),
      signal,
    );
    return found.Item ? { sequence: countOf(found.Item, 'sequence'), hash: textOf(found.Item, 'hash') } : START;
  }

  async *#chains(signal?: AbortSignal): AsyncGenerator<string> {
    for (let shard = 0; shard < HEAD_SHARDS; shard++)
      for await (const item of this.#query(`heads#${shard}`, signal)) yield textOf(item, 'sk');
  }

  async *#segments(chain: string, signal?: AbortSignal): AsyncGenerator<{ first: number; lines: string }> {
    for await (const item of this.#query(chainPk(chain), signal))
      yield { first: Number(textOf(item, 'sk')), lines: textOf(item, 'lines') };
  }

  async *#query(pk: string, signal?: AbortSignal): AsyncGenerator<Item> {
    let start: Item | undefined;
    do {
      const query = {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(pk) },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = await this.#caller.run(
        (client, options, sdk) => client.send(new sdk.QueryCommand(query), options),
        signal,
      );
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

const forked = (cause: unknown): PlatformError =>
  new PlatformError('storage_failed', 'Another writer is on this audit chain. Retry: a new chain is started.', {
    cause,
  });

function* splitByLength(bodies: readonly string[]): Generator<string[]> {
  let part: string[] = [];
  let length = 0;
  for (const body of bodies) {
    if (part.length > 0 && length + body.length > SEGMENT_LENGTH) {
      yield part;
      part = [];
      length = 0;
    }
    part.push(body);
    length += body.length + 66;
  }
  if (part.length > 0) yield part;
}
