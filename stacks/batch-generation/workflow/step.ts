import type { BatchStep } from '@plinth/contracts';
import type { TaskState } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import { STEP_RETRY } from './patience.ts';

/** What a step is told, beside its name and its batch. */
type Said = Readonly<Record<string, string | boolean>>;

interface StepShape {
  readonly say?: Said;
  /** Fields of the answer that are kept, and where. */
  readonly keep?: { readonly fields: readonly string[]; readonly at: string };
  readonly seconds: number;
}

/** A task that `services/batch` does. Its answer is left out, unless fields of it are kept: they may grow, and a run holds 256 KB. */
export function step(
  functionArn: pulumi.Input<string>,
  name: BatchStep,
  { say = {}, keep, seconds }: StepShape,
): Pick<TaskState, 'Type' | 'Resource' | 'TimeoutSeconds' | 'Parameters' | 'ResultSelector' | 'ResultPath' | 'Retry'> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    TimeoutSeconds: seconds,
    Parameters: {
      FunctionName: functionArn,
      Payload: { step: name, 'tenant.$': '$.tenant', 'batchId.$': '$.batchId', ...say },
    },
    ...(keep !== undefined && {
      ResultSelector: Object.fromEntries(keep.fields.map((field) => [`${field}.$`, `$.Payload.${field}`])),
    }),
    ResultPath: keep?.at ?? null,
    Retry: [...STEP_RETRY],
  };
}
