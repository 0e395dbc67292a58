import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CACHE_DIR } from '../start-local.ts';
import { locateWeights } from '../weights/locate-weights.ts';
import { MINILM_L6_INT8 } from '../weights/manifest.ts';
import { OnnxEmbeddingEngine } from './onnx-embedding-engine.ts';

/** Only what is on the disk already: a test fetches no weights. */
const weights = await locateWeights({ cacheDir: DEFAULT_CACHE_DIR, model: MINILM_L6_INT8, sources: [] }).catch(
  (error: unknown) => {
    console.log(`The embedding model is left out, since its weights are not here: ${String(error)}`);
    return undefined;
  },
);
const never = new AbortController().signal;

describe.runIf(weights !== undefined)('the embedding model on its thread', () => {
  let engine: OnnxEmbeddingEngine;
  beforeAll(async () => {
    engine = await OnnxEmbeddingEngine.load({ path: weights?.path ?? '', modelId: 'minilm' });
  });
  afterAll(() => engine.close());
  const embed = async (...texts: string[]) => (await engine.embed(texts, never)).vectors;

  it('gives vectors of unit length, near for what is alike', async () => {
    expect(engine.model).toEqual({ id: 'minilm', dimensions: 384, maxTokens: 256 });
    const [cat, kitten, revenue] = await embed(
      'A cat sat on the mat.',
      'The kitten lies on a rug.',
      'Revenue rose by 5 %.',
    );
    for (const vector of [cat, kitten, revenue]) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(dot(cat, kitten)).toBeGreaterThan(0.4);
    expect(Math.abs(dot(cat, revenue))).toBeLessThan(0.2);
  });

  it('gives a text the same vector alone and among others of any length', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `Sentence ${at} ${'goes on and on '.repeat(at)}`);
    const together = await embed(...texts);
    for (const at of [0, 7, 19]) {
      const [alone] = await embed(texts[at] ?? '');
      expect(dot(alone, together[at])).toBeGreaterThan(0.99999);
    }
  });

  it('cuts what is longer than it reads and says so; emptiness and odd characters are read too', async () => {
    const { tokens, truncated, vectors } = await engine.embed(['word '.repeat(300), '', '\u0000\ud800👩‍🚀'], never);
    expect(truncated).toBe(1);
    expect(tokens).toBe(256 + 2 + 3);
    expect(vectors.every((vector) => vector.every(Number.isFinite))).toBe(true);
    const [whole, cut] = await embed('word '.repeat(300), 'word '.repeat(254));
    expect(dot(whole, cut)).toBeCloseTo(1, 5);
  });
});

function dot(one: Float32Array | undefined, other: Float32Array | undefined): number {
  return (one ?? new Float32Array()).reduce((sum, value, at) => sum + value * (other?.[at] ?? NaN), 0);
}
