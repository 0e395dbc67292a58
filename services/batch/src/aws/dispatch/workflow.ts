import type { SFNClient } from '@aws-sdk/client-sfn';
import { callAws, isNamed } from '../engines/aws-call.ts';

export interface RunInput {
  readonly tenant: string;
  readonly batchId: string;
}

/** The workflow that batches run through. */
export interface Workflow {
  /** False where a run of that name has been there, whatever became of it; one that is under way is as good as started. */
  start(name: string, input: RunInput, signal: AbortSignal): Promise<boolean>;
  /** Quietly nothing where there is none. */
  stop(name: string, why: string, signal: AbortSignal): Promise<void>;
  describe(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly running: boolean; readonly input: unknown } | undefined>;
}

/** Step Functions. Runs are named by us, and found by their names. */
export function stepFunctionsWorkflow(client: () => Promise<SFNClient>, stateMachineArn: string): Workflow {
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const call = <T>(signal: AbortSignal, send: (sdk: SFNClient, abort: AbortSignal) => Promise<T>) =>
    callAws('Step Functions', signal, async (abort) => send(await client(), abort));
  return {
    async start(name, input, signal) {
      const { StartExecutionCommand } = await import('@aws-sdk/client-sfn');
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      try {
        await call(signal, (sdk, abortSignal) => sdk.send(command, { abortSignal }));
        return true;
      } catch (error) {
        if (isNamed(error, 'ExecutionAlreadyExists')) return false;
        throw error;
      }
    },
    async stop(name, cause, signal) {
      const { StopExecutionCommand } = await import('@aws-sdk/client-sfn');
      const command = new StopExecutionCommand({ executionArn: arnOf(name), error: 'BatchStopped', cause });
      try {
        await call(signal, (sdk, abortSignal) => sdk.send(command, { abortSignal }));
      } catch (error) {
        if (!isNamed(error, 'ExecutionDoesNotExist')) throw error;
      }
    },
    async describe(name, signal) {
      const { DescribeExecutionCommand } = await import('@aws-sdk/client-sfn');
      const command = new DescribeExecutionCommand({ executionArn: arnOf(name) });
      try {
        const { status, input } = await call(signal, (sdk, abortSignal) => sdk.send(command, { abortSignal }));
        return { running: status === 'RUNNING' || status === 'PENDING_REDRIVE', input: parsed(input) };
      } catch (error) {
        if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
        throw error;
      }
    },
  };
}

function parsed(input: string | undefined): unknown {
  try {
    return JSON.parse(input ?? '');
  } catch (error) {
    // A run that was started by hand, with whatever was typed.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
