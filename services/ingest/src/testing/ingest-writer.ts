import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, SqlDocumentIndex } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { Acceptor } from '../accept/accept.ts';
import { createIngest } from '../work/ingester.ts';
import { Worker } from '../work/worker.ts';
import { HashEmbedder, simpleChunks, simpleParser } from './simple-steps.ts';
import { trialDocument, TRIAL } from './ingest-trial.ts';

/**
 * Accepts documents of a trial and works on them until it is killed, or until it has accepted `last` and nothing is left to do. Says on standard
 * output what it was promised, a line each, with a synchronous write, so that what was said survives the kill.
 */
const [, , folder = '', first = '0', last = '0'] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);
const signal = new AbortController().signal;

const database = await openEmbeddedDatabase({ folder: join(folder, 'database'), sharedBuffersMb: 64 });
const embedder = new HashEmbedder(TRIAL.dimensions);
await migrate(database, { embedding: embedder });
const objects = await openEmbeddedObjects({ folder: join(folder, 'objects') });
// A job may well be in hand at every kill; it is not the job's fault.
const index = new SqlDocumentIndex({ database, model: embedder.model, maxAttempts: 50 });
const ingest = createIngest({ index, objects, embedder, parser: simpleParser, chunk: simpleChunks });
const worker = new Worker({
  index,
  ingest,
  name: String(process.pid),
  concurrency: 4,
  leaseMs: TRIAL.leaseMs,
  pollMs: 200,
  onOutcome: (job, outcome) => say(`${outcome} ${job.documentId}`),
  onError: (error) => console.error(error),
});
const acceptor = new Acceptor({ index, objects, wake: () => worker.wake() });
say('ready');
worker.start();
for (let number = Number(first); number < Number(last); number++) {
  const { documentId, text, forgotten } = trialDocument(number);
  if (forgotten) await index.forget({ tenant: TRIAL.tenant, documentId });
  else
    await acceptor.accept(
      { tenant: TRIAL.tenant, documentId, name: documentId, groups: [TRIAL.group], body: Buffer.from(text) },
      { signal },
    );
  say(`accepted ${number}`);
}
for (;;) {
  await worker.whenIdle();
  const left = await database.transaction({ role: 'rag_writer', tenant: undefined }, (sql) =>
    sql.query(`SELECT 1 FROM plinth.jobs WHERE state IN ('queued', 'running')`),
  );
  if (left.length === 0) break;
}
await worker.stop();
await database.close();
say('finished');
