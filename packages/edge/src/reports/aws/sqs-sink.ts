import type { SQSClient } from '@aws-sdk/client-sqs';
import { PlatformError } from '@plinth/contracts';
import type { ReportSink } from '../report-sink.ts';

export interface SqsSinkOptions {
  readonly queueUrl: string;
  readonly region: string;
  /** Another endpoint that speaks the protocol. */
  readonly endpoint?: string;
  /** Longest one report may take, milliseconds. @default 20_000 */
  readonly timeoutMs?: number;
}

/** What SQS takes as one message, bytes. */
const MESSAGE_BYTES = 262_144;

/** Reports as messages of the site's queue. One try each: who sends them tries again, in order. */
export function createSqsSink(options: SqsSinkOptions): ReportSink & { close(): Promise<void> } {
  const { queueUrl: QueueUrl, region, endpoint, timeoutMs = 20_000 } = options;
  let client: Promise<SQSClient> | undefined;
  const connect = async () => {
    const { SQSClient } = await import('./sdk.ts');
    // An endpoint that was named is meant, whatever host stands in the queue's address.
    const where = endpoint === undefined ? {} : { endpoint, useQueueUrlAsEndpoint: false };
    return new SQSClient({ region, maxAttempts: 1, ...where });
  };
  return {
    async send(body, { signal }) {
      if (Buffer.byteLength(body) > MESSAGE_BYTES)
        throw new PlatformError('internal', `A report is over ${MESSAGE_BYTES} bytes, which no queue takes.`);
      client ??= connect();
      try {
        const { SendMessageCommand } = await import('./sdk.ts');
        const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        await (await client).send(new SendMessageCommand({ QueueUrl, MessageBody: body }), { abortSignal });
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown error';
        throw new PlatformError('upstream_failed', `The queue of this site took no report (${name}).`, {
          cause: error,
        });
      }
    },
    async close() {
      (await client)?.destroy();
    },
  };
}
