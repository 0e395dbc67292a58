import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';
import type { WorkerSettings } from './protocol.ts';
import { CLOSE } from './protocol.ts';

/** Folds the write-ahead log back into the file, on a connection of its own, so that no commit waits for it. */
const port = parentPort;
if (!port) throw new Error('Start this file as a worker thread.');

const { file, durable } = workerData as WorkerSettings;
const db = new Database(file);
db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'OFF'}`);
// PASSIVE takes no lock a writer needs: it folds back what is committed and leaves the rest for the next time.
const fold = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').raw();

port.on('message', (message: unknown) => {
  if (message !== CLOSE) return void fold.get([]);
  db.close();
  port.close();
});
