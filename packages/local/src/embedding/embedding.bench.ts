import { DEFAULT_CACHE_DIR, startLocal } from '../start-local.ts';
import { ScriptedEngine } from '../testing/index.ts';
import { locateWeights } from '../weights/locate-weights.ts';
import { MINILM_L6_INT8 } from '../weights/manifest.ts';
import { OnnxEmbeddingEngine } from './onnx-embedding-engine.ts';
import { SentenceModel } from './sentence-model.ts';

/**
 * `npx tsx packages/local/src/embedding/embedding.bench.ts`: texts of 120 tokens a second by the model alone in this thread, by the engine on
 * its thread, and through /v1/embeddings, in turns, so that a busy machine slows all of them alike.
 */
const TEXTS = 32;
const ROUNDS = 3;
const WORDS =
  'the platform admits a request before it calls a model and settles what was used after the answer has been sent'.split(
    ' ',
  );
const texts = Array.from({ length: TEXTS }, (_, text) =>
  Array.from({ length: 118 }, (_, at) => WORDS[(at * 7 + text) % WORDS.length]).join(' '),
);

async function main(): Promise<void> {
  const { path } = await locateWeights({ cacheDir: DEFAULT_CACHE_DIR, model: MINILM_L6_INT8 });
  const model = await SentenceModel.load(path);
  const engine = await OnnxEmbeddingEngine.load({ path, modelId: 'minilm' });
  const local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: engine });
  const never = new AbortController().signal;
  const ways: Record<string, () => Promise<unknown>> = {
    'model alone': async () => {
      for (let at = 0; at < TEXTS; at += 16) await model.embed(texts.slice(at, at + 16));
    },
    engine: () => engine.embed(texts, never),
    '/v1/embeddings': async () => {
      const response = await fetch(`${local.openaiUrl}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'minilm', input: texts, encoding_format: 'base64' }),
      });
      if (!response.ok) throw new Error(await response.text());
      await response.json();
    },
  };
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, run] of Object.entries(ways)) {
      const startedAt = performance.now();
      await run();
      best.set(name, Math.max(best.get(name) ?? 0, (TEXTS * 1_000) / (performance.now() - startedAt)));
    }
  const alone = best.get('model alone') ?? NaN;
  for (const [name, rate] of best)
    console.log(`${name.padEnd(16)} ${rate.toFixed(1)} texts/s  ${(rate / alone).toFixed(3)} of the model alone`);
  await local.close();
}

await main();
