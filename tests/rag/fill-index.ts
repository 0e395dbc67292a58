import { createHash } from 'node:crypto';
import { migrate, SqlDocumentIndex, type Chunk, type Embedder } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';

export interface FiledDocument {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly string[];
  /** Each becomes a passage. */
  readonly paragraphs: readonly string[];
}

/** Puts documents into the embedded index of a folder as ingest does: offered, leased, completed. */
export async function fillIndex(
  folder: string,
  options: { readonly tenant: string; readonly embedder: Embedder; readonly documents: readonly FiledDocument[] },
): Promise<void> {
  const { tenant, embedder, documents } = options;
  const database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 16 });
  try {
    await migrate(database, { embedding: embedder });
    const index = new SqlDocumentIndex({ database, model: embedder.model });
    for (const { id, title, groups, paragraphs } of documents) {
      const text = paragraphs.join('\n\n');
      const contentHash = createHash('sha256').update(text).digest('hex');
      const bytes = Buffer.byteLength(text);
      const file = {
        tenant,
        documentId: id,
        title,
        mediaType: 'text/plain',
        bytes,
        contentHash,
        groups,
        metadata: {},
        objectKey: id,
      };
      await index.offer(file);
    }
    for (const job of await index.lease({ worker: 'test', leaseMs: 60_000, limit: documents.length })) {
      const { title, paragraphs } = documents.find(({ id }) => id === job.documentId)!;
      const chunks = chunksOf(paragraphs);
      const { signal } = new AbortController();
      const vectors = await embedder.embed(
        chunks.map(({ text }) => text),
        'document',
        { signal },
      );
      await index.complete(job, {
        title,
        text: paragraphs.join('\n\n'),
        blocks: [],
        pages: undefined,
        chunks,
        vectors,
      });
    }
  } finally {
    await database.close();
  }
}

function chunksOf(paragraphs: readonly string[]): Chunk[] {
  let start = 0;
  return paragraphs.map((text, ordinal) => {
    const end = start + text.length;
    const chunk = { ordinal, headingPath: [], text, start, end, tokens: text.split(/\s+/).length };
    start = end + 2;
    return chunk;
  });
}
