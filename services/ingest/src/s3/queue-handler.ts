import { PlatformError, type AuditRecord } from '@plinth/contracts';
import type { DocumentKey } from '@plinth/retrieval';
import type { AuditLog } from '@plinth/stores';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { auditOutcome } from '../work/audit-outcome.ts';
import { Worker, type WorkerOptions } from '../work/worker.ts';
import { reconcileObject, type ReconcileParts } from './reconcile-object.ts';
import { touchedObjects } from './s3-events.ts';

export interface QueueHandlerOptions extends ReconcileParts {
  /** The only bucket whose events count. */
  readonly bucket: string;
  /** Keys of documents begin with it; the object store's keys are without it. */
  readonly prefix: string;
  readonly worker: Omit<WorkerOptions, 'onOutcome'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly now: () => number;
  /** Without names of documents: they may say what is in them. */
  readonly log: (line: {
    readonly level: 'info' | 'warn' | 'error';
    readonly message: string;
    readonly code?: string;
  }) => void;
}

/** Milliseconds before the function's end when jobs in hand are given back. */
const RESERVE_MS = 20_000;

/**
 * Answers a batch of the queue: the objects spoken of are offered to the index, and jobs are worked on until there are none. A message is done
 * once its objects are as the bucket has them, or dead with their reason in the library; any other comes back by the queue, message by message.
 */
export function createQueueHandler(
  options: QueueHandlerOptions,
): (event: SQSEvent, remainingMs: () => number) => Promise<SQSBatchResponse> {
  return async (event, remainingMs) => {
    const failed = new Set<string>();
    /** Documents whose job has to end in this invocation, and the messages that wait for it. */
    const open = new Map<string, Set<string>>();
    const signal = AbortSignal.timeout(Math.max(1, remainingMs() - RESERVE_MS));
    for (const { messageId, body } of event.Records)
      try {
        for (const document of await offerAll(body, options, signal)) {
          const waiting = open.get(name(document)) ?? new Set();
          open.set(name(document), waiting.add(messageId));
        }
      } catch (thrown) {
        const { code, retryable, message } = PlatformError.from(thrown);
        options.log({ level: retryable ? 'warn' : 'error', message, code });
        failed.add(messageId);
      }
    const records = await runJobs(options, signal, (document) => open.delete(name(document)));
    if (records.length > 0) await options.audit.append(records);
    for (const waiting of open.values()) for (const messageId of waiting) failed.add(messageId);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** @returns The documents that wait for a job of theirs. */
async function offerAll(
  body: string,
  options: QueueHandlerOptions,
  signal: AbortSignal,
): Promise<readonly DocumentKey[]> {
  const documents: DocumentKey[] = [];
  for (const { bucket, key } of touchedObjects(body)) {
    // A folder, as consoles make them, is an object of no bytes.
    if (bucket !== options.bucket || !key.startsWith(options.prefix) || key.endsWith('/')) continue;
    const told = await reconcileObject(key.slice(options.prefix.length), options, signal);
    const settled = told.kind === 'offered' ? told.record.state === 'indexed' : !told.there;
    if (!settled) documents.push(told.key);
  }
  return documents;
}

async function runJobs(
  options: QueueHandlerOptions,
  signal: AbortSignal,
  ended: (document: DocumentKey) => void,
): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  const worker = new Worker({
    ...options.worker,
    onOutcome: (job, outcome, error) => {
      if (outcome === 'done' || outcome === 'dead') ended(job);
      const record = auditOutcome(job, outcome, error, options.now());
      if (record !== undefined) records.push(record);
      if (error !== undefined) options.log({ level: 'warn', message: error.message, code: error.code });
    },
  });
  const idle = worker.whenIdle();
  worker.start();
  await Promise.race([idle, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
  await worker.stop({ graceMs: 0 });
  return records;
}

function name({ tenant, documentId }: DocumentKey): string {
  return JSON.stringify([tenant, documentId]);
}
