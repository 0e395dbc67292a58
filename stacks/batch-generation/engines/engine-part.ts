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
   * From `startAt` to {@link SHARD_DONE} or {@link SHARD_FAILED}, which the workflow adds. Input: `{ batchId, modelId, shard }` or, where
   * shards go in groups, `{ BatchInput: { batchId }, Items: shards }`.
   */
  readonly states: Readonly<Record<string, State>>;
  /** Shards, or groups of them, at once. */
  readonly concurrency: number;
  /** Shards that go together. @default each goes by itself */
  readonly group?: number;
  readonly statements: readonly Statement[];
}

export const SHARD_DONE = 'ShardDone';
export const SHARD_FAILED = 'ShardFailed';

/** What a job could not do is the shard's failure: the map counts it, and the other shards go on. */
export const FAIL_SHARD = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: SHARD_FAILED }] as const;

/** The shard at hand, `s3://<input bucket>/<key>`, as an expression. */
export const shardUri = ({ input }: Places): pulumi.Output<string> =>
  pulumi.interpolate`States.Format('s3://${input.bucketName}/{}', $.shard.key)`;

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
