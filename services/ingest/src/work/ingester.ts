import { createHash } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import type {
  Chunk,
  DocumentIndex,
  DocumentParser,
  DocumentRecord,
  IngestJob,
  ParsedDocument,
} from '@plinth/retrieval';
import type { ObjectStore } from '@plinth/stores/objects';
import { DOCUMENT_BOUNDS } from '../bounds.ts';
import { embedChunks, type EmbedChunksParts } from './embed-chunks.ts';

export type Progress = NonNullable<DocumentRecord['progress']>;

export interface IngesterParts extends EmbedChunksParts {
  readonly index: Pick<DocumentIndex, 'knownVectors' | 'complete' | 'completeDeletion'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly parser: Pick<DocumentParser, 'parse'>;
  readonly chunk: (document: ParsedDocument) => readonly Chunk[];
  /** Of one document. @default DOCUMENT_BOUNDS.bytes */
  readonly maxBytes?: number;
}

export interface IngestOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Takes one leased job through its steps: read, parse, chunk, embed, write. False when the job is no longer ours or a newer version is indexed.
 * Throws what a step throws; holds one document in memory.
 */
export type Ingest = (job: IngestJob, options: IngestOptions) => Promise<boolean>;

export function createIngest(parts: IngesterParts): Ingest {
  return async (job, { signal, onProgress }) => {
    if (job.kind === 'delete') return parts.index.completeDeletion(job);
    onProgress({ step: 'parse', done: 0, total: 1 });
    const bytes = await readOriginal(job, parts, signal);
    const document = await parts.parser.parse({ bytes, mediaType: job.mediaType, name: job.title }, { signal });
    signal.throwIfAborted();
    onProgress({ step: 'chunk', done: 0, total: 1 });
    const chunks = parts.chunk(document);
    if (chunks.length === 0)
      throw new PlatformError(
        'invalid_request',
        'There is no text in the document. Scanned pages must be recognized first.',
      );
    const total = chunks.length;
    const vectors = await embedChunks(job.tenant, chunks, parts, {
      signal,
      onProgress: (done) => onProgress({ step: 'embed', done, total }),
    });
    signal.throwIfAborted();
    onProgress({ step: 'write', done: 0, total });
    return parts.index.complete(job, { ...document, chunks, vectors });
  };
}

async function readOriginal(job: IngestJob, parts: IngesterParts, signal: AbortSignal): Promise<Uint8Array> {
  const { objects, maxBytes = DOCUMENT_BOUNDS.bytes } = parts;
  const object = await objects.get(job.objectKey, { signal });
  if (object === undefined)
    throw new PlatformError('not_found', 'The original is no longer in the store. Send the document again.');
  if (object.bytes > maxBytes) {
    object.body.destroy();
    throw new PlatformError('request_too_large', `The document is over ${maxBytes} bytes. Split it.`);
  }
  const bytes = new Uint8Array(object.bytes);
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of object.body as AsyncIterable<Uint8Array>) {
    if (size + part.byteLength > bytes.byteLength) throw changed();
    bytes.set(part, size);
    hash.update(part);
    size += part.byteLength;
  }
  if (size !== bytes.byteLength || hash.digest('hex') !== job.contentHash) throw changed();
  return bytes;
}

/** Of an object that somebody else writes: the version that was accepted is gone, and a newer one is about to be offered. */
function changed(): PlatformError {
  return new PlatformError('conflict', 'The original is not what was accepted. Send the document again.');
}
