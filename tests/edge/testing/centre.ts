import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { createSyncHandler, reportMetrics } from '@plinth/edge-service';
import type { AuditLog } from '@plinth/stores';
import { openDynamoStores } from '@plinth/stores/aws';
import type { SiteIntake } from '@plinth/stores/site';
import { openDynamoSiteIntake } from '@plinth/stores/site/aws';
import { startLocalDynamo, type LocalDynamo } from '@plinth/stores/testing';
import type { SQSEvent } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';

const ACCESS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The centre of one site: a queue, tables, and the sync function run over what the queue gives, out of order and more than once. */
export class Centre {
  readonly #fauxqs: Awaited<ReturnType<typeof startFauxqs>>;
  readonly #dynamo: LocalDynamo;
  readonly #client: SQSClient;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  readonly queueUrl: string;
  readonly intake: SiteIntake;
  readonly audit: AuditLog;
  /** What the function wrote of metrics. */
  readonly metrics: Record<string, unknown>[] = [];
  readonly log: { level: string; message: string }[] = [];
  invocations = 0;
  delivered = 0;

  private constructor(fauxqs: Awaited<ReturnType<typeof startFauxqs>>, dynamo: LocalDynamo) {
    this.#fauxqs = fauxqs;
    this.#dynamo = dynamo;
    const { queueUrl, queueArn } = fauxqs.createQueue('reports-plant');
    this.queueUrl = queueUrl;
    this.#client = new SQSClient({
      region: 'us-east-1',
      endpoint: this.sqs,
      useQueueUrlAsEndpoint: false,
      credentials: ACCESS,
    });
    this.intake = openDynamoSiteIntake(dynamo);
    this.audit = openDynamoStores(dynamo).audit;
    const handle = createSyncHandler({
      sites: { [queueArn]: 'plant' },
      intake: this.intake,
      metrics: reportMetrics({ write: (line) => this.metrics.push(line as Record<string, unknown>), now: Date.now }),
      log: (line) => this.log.push(line),
    });
    // Two copies, as the event source mapping allows.
    this.#running = Promise.all([this.#poll(handle, queueArn), this.#poll(handle, queueArn)]);
  }

  static async open(): Promise<Centre> {
    const [fauxqs, dynamo] = [await startFauxqs({ port: 0, logger: false }), await startLocalDynamo()];
    return new Centre(fauxqs, dynamo);
  }

  get sqs(): string {
    return `http://127.0.0.1:${this.#fauxqs.port}`;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#client.destroy();
    await this.#fauxqs.stop();
    await this.#dynamo.close();
  }

  async #poll(handle: ReturnType<typeof createSyncHandler>, eventSourceARN: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const received = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 0,
          VisibilityTimeout: 60,
        }),
      );
      const messages = shuffled(received.Messages ?? []);
      if (messages.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      // Some come twice in one batch, some are given to two copies of the function at once, some are held back.
      const heldBack = messages.filter(() => Math.random() < 0.1);
      const given = messages.filter((message) => !heldBack.includes(message));
      const twice = shuffled([...given, ...given.filter(() => Math.random() < 0.2)]);
      const event = { Records: twice.map((message) => recordOf(message, eventSourceARN)) } as SQSEvent;
      const copies = Math.random() < 0.2 ? [event, event] : [event];
      this.invocations += copies.length;
      this.delivered += twice.length;
      const [answer] = await Promise.all(copies.map((copy) => handle(copy, () => 10_300)));
      const failed = new Set(answer!.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of messages)
        if (heldBack.includes(message) || failed.has(message.MessageId!)) await this.#giveBack(message);
        else await this.#done(message);
    }
  }

  async #giveBack({ ReceiptHandle }: Message): Promise<void> {
    const { queueUrl: QueueUrl } = this;
    await this.#client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }

  async #done({ ReceiptHandle }: Message): Promise<void> {
    // Now and then it is forgotten, so that the message comes again after all.
    if (Math.random() < 0.05) return this.#giveBack({ ReceiptHandle });
    await this.#client.send(new DeleteMessageCommand({ QueueUrl: this.queueUrl, ReceiptHandle }));
  }
}

function recordOf({ MessageId: messageId, Body: body }: Message, eventSourceARN: string) {
  return { messageId, body, eventSourceARN };
}

function shuffled<T>(items: readonly T[]): T[] {
  const placed = items.map((item) => ({ item, at: Math.random() }));
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
