import type { BedrockClient, ModelInvocationJobSummary } from '@aws-sdk/client-bedrock';
import { callAws, isNamed } from '../engines/aws-call.ts';

/** Jobs that Step Functions does not wait for, and so does not stop. */
export interface EngineJobs {
  /** Stops all that still run for a batch. */
  stop(batchId: string, signal: AbortSignal): Promise<void>;
}

const OPEN: ReadonlySet<string | undefined> = new Set(['Submitted', 'InProgress', 'Scheduled', 'Validating']);

/** Bedrock's model invocation jobs: the workflow puts the batch into their names, where no underscore may be. */
export function bedrockJobs(client: () => Promise<BedrockClient>): EngineJobs {
  async function* jobsOf(batchId: string, signal: AbortSignal): AsyncGenerator<ModelInvocationJobSummary> {
    const { ListModelInvocationJobsCommand } = await import('@aws-sdk/client-bedrock');
    const nameContains = batchId.replace(/^batch_/, '');
    for (let nextToken: string | undefined; ;) {
      const command = new ListModelInvocationJobsCommand({ nameContains, maxResults: 1_000, nextToken });
      const page = await callAws('Bedrock', signal, async (abortSignal) =>
        (await client()).send(command, { abortSignal }),
      );
      yield* page.invocationJobSummaries ?? [];
      nextToken = page.nextToken;
      if (nextToken === undefined) return;
    }
  }
  return {
    async stop(batchId, signal) {
      const { StopModelInvocationJobCommand } = await import('@aws-sdk/client-bedrock');
      for await (const { jobArn, status } of jobsOf(batchId, signal)) {
        if (!OPEN.has(status)) continue;
        const command = new StopModelInvocationJobCommand({ jobIdentifier: jobArn });
        try {
          await callAws('Bedrock', signal, async (abortSignal) => (await client()).send(command, { abortSignal }));
        } catch (error) {
          // It has ended meanwhile, or stops already.
          if (!isNamed(error, 'ConflictException')) throw error;
        }
      }
    },
  };
}
