import { parentPort, workerData } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { Connection } from './database.ts';
import type { BatchMessage, BatchReply, OpenReply, Operation, WorkerSettings } from './protocol.ts';
import { CLOSE, decodeBatch } from './protocol.ts';

export interface Served {
  readonly db: Connection;
  run(operations: readonly Operation[]): BatchReply;
}

/** The body of a database thread, the only one of the process that touches the file. One message is one batch is one commit. */
export function serve(start: (settings: WorkerSettings) => Served): void {
  const port = parentPort;
  if (!port) throw new Error('Start this file as a worker thread.');
  const opened = open(start);
  if (!('db' in opened)) {
    port.postMessage(opened);
    port.close();
    return;
  }
  const { db } = opened;
  port.on('message', (message: BatchMessage | typeof CLOSE) => {
    if (message !== CLOSE) {
      port.postMessage(opened.run(decodeBatch(message)));
      return;
    }
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    port.close();
  });
  port.postMessage([true] satisfies OpenReply);
}

function open(start: (settings: WorkerSettings) => Served): Served | OpenReply {
  try {
    return start(workerData as WorkerSettings);
  } catch (error) {
    const known = error instanceof PlatformError ? error : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return [false, known?.code ?? 'storage_failed', known?.message ?? `The database could not be opened: ${reason}`];
  }
}
