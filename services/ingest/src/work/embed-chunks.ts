import { embeddedText, textHash, type Chunk, type DocumentIndex, type Embedder } from '@plinth/retrieval';

export interface EmbedChunksParts {
  readonly index: Pick<DocumentIndex, 'knownVectors'>;
  readonly embedder: Embedder;
}

/** Texts of one call of the embedder. */
const BATCH = 32;
/** Hashes of one look-up. */
const LOOK_UP = 1_000;

/** One vector per chunk, in order. A text that was embedded before, or that comes twice, is embedded once. */
export async function embedChunks(
  tenant: string,
  chunks: readonly Chunk[],
  parts: EmbedChunksParts,
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<readonly Float32Array[]> {
  const texts = chunks.map(embeddedText);
  const hashes = chunks.map(textHash);
  const vectors = new Map<string, Float32Array>();
  const distinct = [...new Set(hashes)];
  for (let from = 0; from < distinct.length; from += LOOK_UP)
    for (const [hash, vector] of await parts.index.knownVectors(tenant, distinct.slice(from, from + LOOK_UP)))
      vectors.set(hash, vector);

  const missing = [...new Map(hashes.map((hash, n) => [hash, texts[n]!]))].filter(([hash]) => !vectors.has(hash));
  for (let from = 0; from < missing.length; from += BATCH) {
    options.signal.throwIfAborted();
    options.onProgress(chunks.length - (missing.length - from));
    const batch = missing.slice(from, from + BATCH);
    const made = await parts.embedder.embed(
      batch.map(([, text]) => text),
      'document',
      { signal: options.signal },
    );
    batch.forEach(([hash], n) => vectors.set(hash, made[n]!));
  }
  options.onProgress(chunks.length);
  return hashes.map((hash) => vectors.get(hash)!);
}
