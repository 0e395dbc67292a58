import { createHash } from 'node:crypto';
import type { Embedder } from '../../ports/embedder.ts';

/** Vectors for tests: each word pulls towards a direction made from its hash, so that texts which share words are near. Deterministic. */
export function wordEmbedder(dimensions = 16, model = 'words'): Embedder {
  return {
    model,
    dimensions,
    maxTokens: 256,
    embed: (texts) => Promise.resolve(texts.map((text) => vectorOf(text, dimensions))),
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const word of ['', ...text.toLowerCase().split(/[^\p{L}\p{N}]+/u)]) {
    const hash = createHash('sha256').update(word).digest();
    for (let i = 0; i < dimensions; i++) sum[i]! += hash[i % hash.length]! / 127.5 - 1;
  }
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
