import { startLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';

const BATCH = 128;

/** Vectors of the laptop's own MiniLM, over the protocol its clients use. */
export async function embedLocally(
  texts: readonly string[],
  onProgress: (done: number) => void,
): Promise<Float32Array[]> {
  const local = await startLocal({ engine: new ScriptedEngine(), embeddings: true });
  try {
    const vectors: Float32Array[] = [];
    for (let first = 0; first < texts.length; first += BATCH) {
      const response = await fetch(`${local.openaiUrl}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: local.embeddingModelId, input: texts.slice(first, first + BATCH) }),
        signal: AbortSignal.timeout(120_000),
      });
      if (!response.ok) throw new Error(`Embedding failed: ${response.status} ${await response.text()}`);
      const { data } = (await response.json()) as { data: { embedding: number[] }[] };
      vectors.push(...data.map(({ embedding }) => Float32Array.from(embedding)));
      onProgress(vectors.length);
    }
    return vectors;
  } finally {
    await local.close();
  }
}
