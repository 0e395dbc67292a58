import type { SQSClient } from '@aws-sdk/client-sqs';
import type { BatchMessage } from '@plinth/contracts';
import type { BatchRecord } from '@plinth/stores/batches';
import { callAws } from '../engines/aws-call.ts';

export interface QueuesOptions {
  readonly client: () => Promise<SQSClient>;
  /** Batches that wait for their window. */
  readonly workUrl: string;
  /** What is heard at any hour. */
  readonly controlUrl: string;
  /** @param where The batch. */
  readonly logError: (error: unknown, where: string) => void;
}

/**
 * Tells the dispatcher of a batch that is new or to be cancelled. The batch is durable by then, and a message that is lost is made good by the
 * next sweeps: so what cannot be sent is logged, and is no failure of the caller's.
 */
export function tellDispatcher({ client, workUrl, controlUrl, logError }: QueuesOptions) {
  return async ({ id, tenant, status, request }: BatchRecord): Promise<void> => {
    const kind = status === 'cancelling' ? 'cancel' : 'start';
    const message: BatchMessage = { kind, tenant, batchId: id };
    const waits = kind === 'start' && request.plinth?.off_peak !== false;
    try {
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const command = new SendMessageCommand({
        QueueUrl: waits ? workUrl : controlUrl,
        MessageBody: JSON.stringify(message),
      });
      const { signal } = new AbortController();
      await callAws('SQS', signal, async (abortSignal) => (await client()).send(command, { abortSignal }));
    } catch (error) {
      logError(error, id);
    }
  };
}
