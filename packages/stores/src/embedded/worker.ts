import { parentPort, workerData } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { Connection } from './database.ts';
import { openDatabase } from './database.ts';
import { Engine } from './engine.ts';
import type { BatchMessage, OpenReply, WorkerSettings } from './protocol.ts';
import { CLOSE, decodeBatch } from './protocol.ts';

/** The only thread of the process that touches the database file. One message is one batch is one commit. */
const port = parentPort;
if (!port) throw new Error('Start this file as a worker thread.');

function open(): { db: Connection; engine: Engine } | OpenReply {
  try {
    const db = openDatabase(workerData as WorkerSettings);
    return { db, engine: new Engine(db) };
  } catch (error) {
    const known = error instanceof PlatformError ? error : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return [false, known?.code ?? 'storage_failed', known?.message ?? `The database could not be opened: ${reason}`];
  }
}

const opened = open();
if ('db' in opened) {
  const { db, engine } = opened;
  port.on('message', (message: BatchMessage | typeof CLOSE) => {
    if (message !== CLOSE) {
      port.postMessage(engine.run(decodeBatch(message)));
      return;
    }
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    port.close();
  });
  port.postMessage([true] satisfies OpenReply);
} else {
  port.postMessage(opened);
  port.close();
}
