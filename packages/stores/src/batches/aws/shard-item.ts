import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { count, countOf, keyOf, part, text, textOf } from '../../aws/attributes.ts';
import type { Item } from '../../aws/dynamo-caller.ts';
import type { OpenShard, ShardCard, ShardProgress } from '../batch-store.ts';

/**
 * A shard is one item beside the card of its batch; every change of it is one conditional update.
 *
 *   records, key, token, beat, holder   as in the port; no `holder`: nobody has it. `done`: there, when it is finished
 *   completed, failed, in, out, usd     sums over what is committed
 *   ordinals                            what is committed, as an OrdinalSet
 *   p.<run>                             how many parts a run has committed: objects <run>-0 to <run>-<n - 1> count, and no other
 *   run, runs                           the run that may commit now; how many there were
 *
 * A run is one writer's time with the shard, `<token>-<nonce>`. Parts are counted, not listed, so the item stays small however many
 * there are; and since no two writers share a run, none can overwrite another's part, not even with a write that comes late.
 */
export const RUNS_LIMIT = 2_000;
export const SUMS = ['completed', 'failed', 'in', 'out', 'usd'] as const;
export const SEEN = ['sk', 'records', 'key', 'token', 'beat', 'holder', 'done'] as const;

const PREFIX = 'shard#';
const RUN = 'p.';

export const shardsOf = (batchId: string) => ({ pk: `batch#${part(batchId)}`, prefix: PREFIX });
export const digits = (number: number): string => number.toString().padStart(5, '0');
export const shardSk = (number: number): string => PREFIX + digits(number);
export const shardKey = ({ batchId, number }: Pick<ShardCard, 'batchId' | 'number'>): Item =>
  keyOf(shardsOf(batchId).pk, shardSk(number));
export const runName = (run: string): string => RUN + run;

export function newShard(shard: ShardCard): Item {
  const zeros: Record<string, AttributeValue> = {};
  for (const name of ['token', 'beat', ...SUMS]) zeros[name] = count(0);
  return { ...shardKey(shard), records: count(shard.records), key: text(shard.key), ...zeros };
}

export const isDone = (item: Item): boolean => item.done !== undefined;

export const openShardOf = (batchId: string, item: Item): OpenShard => ({
  batchId,
  number: Number(textOf(item, 'sk').slice(PREFIX.length)),
  records: countOf(item, 'records'),
  key: textOf(item, 'key'),
  token: countOf(item, 'token'),
  beat: countOf(item, 'beat'),
  holder: item.holder?.S,
});

/** Names of the parts that count, `<run>-<n>`. */
export function partsOf(item: Item): string[] {
  return Object.keys(item).flatMap((attribute) =>
    attribute.startsWith(RUN)
      ? Array.from({ length: countOf(item, attribute) }, (_, n) => `${attribute.slice(RUN.length)}-${n}`)
      : [],
  );
}

export function sumOf(items: readonly Item[]): ShardProgress & { readonly shardsLeft: number } {
  const sum = (name: (typeof SUMS)[number]) => items.reduce((total, item) => total + countOf(item, name), 0);
  return {
    completed: sum('completed'),
    failed: sum('failed'),
    used: { inputTokens: sum('in'), outputTokens: sum('out'), nanoUsd: sum('usd') },
    shardsLeft: items.filter((item) => !isDone(item)).length,
  };
}
