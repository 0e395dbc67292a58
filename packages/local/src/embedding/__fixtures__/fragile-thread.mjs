// A thread that speaks the engine's protocol and has no model: it gives each text its length, and does what some texts say.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ job, texts }) => {
  if (texts.includes('die')) throw new Error('died of it');
  if (texts.includes('exit')) process.exit(7);
  if (texts.includes('refuse')) return parentPort.postMessage({ type: 'failed', job, message: 'no' });
  if (texts.includes('hang')) return;
  const values = Float32Array.from(texts.flatMap(({ length }) => [length, 1]));
  const tokens = texts.map(({ length }) => length);
  parentPort.postMessage({ type: 'done', job, values, dimensions: 2, tokens, truncated: tokens.map((count) => count > 9) });
});
parentPort.postMessage({ type: 'ready', dimensions: 2, maxTokens: 9 });
