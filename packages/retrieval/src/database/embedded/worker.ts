import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type { Row } from '../../ports/database.ts';
import type { Statement } from '../begin.ts';
import type { OpenReply, Reply, Request, ThreadSettings } from './protocol.ts';
import { CLOSE } from './protocol.ts';

/** The thread that PostgreSQL runs on: a query keeps it busy until it is done, and the event loop of the service free. */
const port = parentPort;
if (!port) throw new Error('Start this file as a worker thread.');
const { folder, sharedBuffersMb } = workerData as ThreadSettings;

async function open(): Promise<PGlite> {
  return PGlite.create({
    dataDir: folder,
    extensions: { vector },
    // Its own, but for `-O`, which lets system tables be changed.
    startParams: [
      ...PGlite.defaultStartParams.filter((param) => param !== '-O'),
      '-c',
      `shared_buffers=${sharedBuffersMb}MB`,
    ],
    // As node-postgres has it: a 64-bit number is text, so that none is rounded.
    parsers: { [types.INT8]: (value) => value },
  });
}

async function run(db: PGlite, statements: readonly Statement[]): Promise<Reply> {
  try {
    let rows: readonly Row[] = [];
    for (const { text, values } of statements) {
      if (values) rows = (await db.query<Row>(text, [...values])).rows;
      else await db.exec(text);
    }
    return [rows];
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return [undefined, typeof code === 'string' ? code : undefined, String(message)];
  }
}

try {
  const db = await open();
  port.on('message', (request: Request) => {
    if (request !== CLOSE) {
      void run(db, request).then((reply) => port.postMessage(reply));
      return;
    }
    void db.close().finally(() => port.close());
  });
  port.postMessage([true] satisfies OpenReply);
} catch (error) {
  port.postMessage([false, error instanceof Error ? error.message : String(error)] satisfies OpenReply);
  port.close();
}
