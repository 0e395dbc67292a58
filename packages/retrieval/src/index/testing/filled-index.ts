import { createHash } from 'node:crypto';
import { migrate } from '../../database/migrations/index.ts';
import type { Database } from '../../ports/database.ts';
import type { DocumentOffer, IndexedDocument, IngestJob } from '../../ports/document-index.ts';
import type { Chunk } from '../../ports/document.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { SqlDocumentIndex } from '../document-index.ts';
import { embeddedText } from '../embedded-text.ts';
import { wordEmbedder } from './word-embedder.ts';

/** A document of a test: each paragraph is a passage. */
export interface TestDocument {
  readonly tenant?: string;
  readonly id: string;
  readonly groups: readonly string[];
  readonly paragraphs: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export function offerOf({ tenant = 'acme', id, groups, paragraphs, metadata = {} }: TestDocument): DocumentOffer {
  const text = paragraphs.join('\n\n');
  return {
    tenant,
    documentId: id,
    title: id,
    mediaType: 'text/plain',
    bytes: Buffer.byteLength(text),
    contentHash: createHash('sha256').update(text).digest('hex'),
    groups,
    metadata,
    objectKey: `${tenant}/${id}`,
  };
}

/** An index of tests, filled as ingest does: offered, leased, completed. */
export class FilledIndex {
  readonly embedder: Embedder = wordEmbedder();
  readonly index: SqlDocumentIndex;
  readonly #texts = new Map<string, readonly string[]>();

  private constructor(database: Database, now: () => number) {
    this.index = new SqlDocumentIndex({ database, model: this.embedder.model, now });
  }

  static async open(database: Database, now: () => number = Date.now): Promise<FilledIndex> {
    const filled = new FilledIndex(database, now);
    await migrate(database, { embedding: filled.embedder });
    return filled;
  }

  async put(...documents: readonly TestDocument[]): Promise<void> {
    for (const document of documents) await this.offer(document);
    await this.work();
  }

  async offer(document: TestDocument) {
    const offer = offerOf(document);
    this.#texts.set(JSON.stringify([offer.tenant, offer.documentId, offer.contentHash]), document.paragraphs);
    return this.index.offer(offer);
  }

  /** Every job there is, to its end. */
  async work(): Promise<void> {
    for (;;) {
      const jobs = await this.index.lease({ worker: 'test', leaseMs: 60_000, limit: 50 });
      if (jobs.length === 0) return;
      for (const job of jobs) await this.finish(job);
    }
  }

  async finish(job: IngestJob): Promise<boolean> {
    if (job.kind === 'delete') return this.index.completeDeletion(job);
    return this.index.complete(job, await this.indexed(job));
  }

  async indexed(job: IngestJob): Promise<IndexedDocument> {
    const paragraphs = this.#texts.get(JSON.stringify([job.tenant, job.documentId, job.contentHash])) ?? [];
    const text = paragraphs.join('\n\n');
    let start = 0;
    const chunks = paragraphs.map((paragraph, ordinal): Chunk => {
      const end = start + paragraph.length;
      const chunk = { ordinal, headingPath: [], text: paragraph, start, end, tokens: paragraph.split(/\s+/).length };
      start = end + 2;
      return chunk;
    });
    const vectors = await this.embedder.embed(chunks.map(embeddedText), 'document', {
      signal: new AbortController().signal,
    });
    return { title: undefined, text, blocks: [], pages: undefined, chunks, vectors };
  }
}
