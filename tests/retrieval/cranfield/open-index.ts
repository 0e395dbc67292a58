import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, SqlDocumentIndex, type Database, type Reader } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import type { CranfieldDocument } from './collection.ts';

export const MODEL = 'all-minilm-l6-v2';
export const READER: Reader = {
  tenant: 'cranfield',
  principal: 'engineer',
  groups: ['all'],
};

export interface OpenIndex {
  readonly database: Database;
  close(): Promise<void>;
}

/** The embedded index with every abstract in it as one passage, put there as ingest does: offered, leased, completed. */
export async function openIndex(
  documents: readonly CranfieldDocument[],
  vectors: readonly Float32Array[],
  onProgress: (done: number) => void,
): Promise<OpenIndex> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-cranfield-'));
  const database = await openEmbeddedDatabase({ folder });
  const close = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(database, { embedding: { model: MODEL, dimensions: vectors[0]!.length } });
    await fill(database, documents, vectors, onProgress);
    return { database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(
  database: Database,
  documents: readonly CranfieldDocument[],
  vectors: readonly Float32Array[],
  onProgress: (done: number) => void,
): Promise<void> {
  const index = new SqlDocumentIndex({ database, model: MODEL });
  const places = new Map(documents.map(({ id }, place) => [id, place]));
  for (const { id, title, text } of documents)
    await index.offer({
      tenant: 'cranfield',
      documentId: id,
      title,
      mediaType: 'text/plain',
      bytes: Buffer.byteLength(text),
      contentHash: createHash('sha256').update(text).digest('hex'),
      groups: ['all'],
      metadata: {},
      objectKey: id,
    });
  let done = 0;
  for (;;) {
    const jobs = await index.lease({ worker: 'bench', leaseMs: 600_000, limit: 100 });
    if (jobs.length === 0) return;
    for (const job of jobs) {
      const place = places.get(job.documentId)!;
      const { title, text } = documents[place]!;
      const chunks = [
        { ordinal: 0, headingPath: [], text, start: 0, end: text.length, tokens: Math.ceil(text.length / 4) },
      ];
      await index.complete(job, { title, text, blocks: [], pages: undefined, chunks, vectors: [vectors[place]!] });
      onProgress(++done);
    }
  }
}
