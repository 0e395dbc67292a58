import { createHash } from 'node:crypto';
import { SqlDocumentIndex, type Database, type Embedder } from '@plinth/retrieval';

export interface IndexedTestDocument {
  readonly tenant: string;
  readonly id: string;
  readonly groups: readonly string[];
  readonly text: string;
}

/** Puts documents into an index as ingest does, one passage each. */
export async function indexDocuments(
  database: Database,
  embedder: Embedder,
  documents: readonly IndexedTestDocument[],
): Promise<void> {
  const index = new SqlDocumentIndex({ database, model: embedder.model });
  for (const { tenant, id, groups, text } of documents)
    await index.offer({
      tenant,
      documentId: id,
      title: id,
      mediaType: 'text/plain',
      bytes: Buffer.byteLength(text),
      contentHash: createHash('sha256').update(text).digest('hex'),
      groups,
      metadata: {},
      objectKey: `${tenant}/${id}`,
    });
  const { signal } = new AbortController();
  for (;;) {
    const jobs = await index.lease({ worker: 'test', leaseMs: 60_000, limit: 50 });
    if (jobs.length === 0) return;
    for (const job of jobs) {
      const { text } = documents.find(({ tenant, id }) => tenant === job.tenant && id === job.documentId)!;
      const vectors = await embedder.embed([text], 'document', { signal });
      const chunks = [{ ordinal: 0, headingPath: [], text, start: 0, end: text.length, tokens: 20 }];
      await index.complete(job, { title: job.documentId, text, blocks: [], pages: undefined, chunks, vectors });
    }
  }
}
