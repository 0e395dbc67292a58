import type { BatchEngine } from '@plinth/contracts';
import type { State, Statement } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from '../config.ts';
import { FOLDERS, type Places } from '../places.ts';

/** How one engine works through a batch: the states each shard goes through, and what the workflow must be granted for them. */
export interface EnginePart {
  readonly name: BatchEngine;
  readonly startAt: string;
  /**
   * From `startAt` to {@link SHARD_ANSWERED} or {@link SHARD_BROKEN}, which the workflow adds with what comes before `startAt`. Input: `{ tenant,
   * batchId, modelId, shard }`. Where shards go in groups, to {@link SHARD_DONE} or {@link SHARD_FAILED}, from `{ BatchInput: { tenant, batchId },
   * Items: shards }`: such an engine guards records and takes in answers by itself.
   */
  readonly states: Readonly<Record<string, State>>;
  /** Shards, or groups of them, at once. */
  readonly concurrency: number;
  /** Shards that go together. @default each goes by itself */
  readonly group?: number;
  readonly statements: readonly Statement[];
}

/** The engine has written its answers; it has not got through. */
export const SHARD_ANSWERED = 'EndShard';
export const SHARD_BROKEN = 'SaveShard';
export const SHARD_DONE = 'ShardDone';
export const SHARD_FAILED = 'ShardFailed';

const caught = (Next: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next }] as const;
/** What could not be done is the shard's failure: the map counts it, and the other shards go on. */
export const FAIL_SHARD = caught(SHARD_FAILED);
/** The same, once the engine may have answered something. */
export const BREAK_SHARD = caught(SHARD_BROKEN);

/** The shard at hand as its engine reads it, `s3://<input bucket>/shards/<batch>/<engine>/<number>.jsonl`, as an expression. */
export const shardUri = ({ input }: Places, engine: BatchEngine): pulumi.Output<string> =>
  pulumi.interpolate`States.Format('s3://${input.bucketName}/${FOLDERS.shards}{}/${engine}/{}.jsonl', $.batchId, $.shard.number)`;

/** Where its answers go, `s3://<output bucket>/parts/<batch>/<number>/`, as an expression. */
export const partsUri = ({ output }: Places): pulumi.Output<string> =>
  pulumi.interpolate`States.Format('s3://${output.bucketName}/${FOLDERS.parts}{}/{}/', $.batchId, $.shard.number)`;

/** Tags of jobs that are started while a batch runs: nothing else puts them on, and the budget counts by them. */
export const jobTags = ({ tags }: Pick<BatchGenerationConfig, 'tags'>) =>
  Object.entries(stackTags(tags)).map(([Key, Value]) => ({ Key, Value }));

/** The platform's tags, and the stack's, for what is made out of reach of the stack's own tagging. */
export const stackTags = (tags: BatchGenerationConfig['tags']): Readonly<Record<string, string>> => ({
  ...tags,
  'plinth-stack': 'batch-generation',
});
