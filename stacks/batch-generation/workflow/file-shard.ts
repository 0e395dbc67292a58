import type { BatchEngine } from '@plinth/contracts';
import type { State } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import { FAIL_SHARD, SHARD_ANSWERED, SHARD_BROKEN, SHARD_DONE, SHARD_FAILED } from '../engines/engine-part.ts';
import { step } from './step.ts';

export const BEGIN_SHARD = 'BeginShard';
const SECONDS = 900;

/**
 * Around an engine that works on files: records are guarded and written as it reads them, its answers guarded and taken in. Both may be repeated. An
 * engine that does not get through has its answers taken in too: they have been paid for.
 */
export function aroundFiles(
  stepsArn: pulumi.Input<string>,
  engine: BatchEngine,
  { startAt, states }: { readonly startAt: string; readonly states: Readonly<Record<string, State>> },
): Readonly<Record<string, State>> {
  const say = { engine, 'shard.$': '$.shard' };
  const end = (failed: boolean) => step(stepsArn, 'end-shard', { say: { ...say, failed }, seconds: SECONDS });
  return {
    [BEGIN_SHARD]: {
      ...step(stepsArn, 'begin-shard', { say, keep: { fields: ['asked'], at: '$.begun' }, seconds: SECONDS }),
      Catch: [...FAIL_SHARD],
      Next: 'AnyAsked?',
    },
    // Where all is done before, or refused, no engine is asked.
    'AnyAsked?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.begun.asked', NumericGreaterThan: 0, Next: startAt }],
      Default: SHARD_ANSWERED,
    },
    ...states,
    [SHARD_ANSWERED]: { ...end(false), Catch: [...FAIL_SHARD], Next: SHARD_DONE },
    [SHARD_BROKEN]: { ...end(true), Catch: [...FAIL_SHARD], Next: SHARD_FAILED },
  };
}
