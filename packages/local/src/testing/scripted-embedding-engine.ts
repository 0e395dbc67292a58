import { createHash } from 'node:crypto';
import type { PlatformError } from '@plinth/contracts';
import type { EmbeddingEngine, EmbeddingModel, Embeddings } from '../embedding/embedding-engine.ts';
import type { EngineLoad } from '../engine/engine.ts';

/** An embedding engine for protocol tests: a vector of unit length made from the text's hash, one token a word, and a memory of what it was asked. */
export class ScriptedEmbeddingEngine implements EmbeddingEngine {
  readonly model: EmbeddingModel;
  readonly requests: (readonly string[])[] = [];
  /** Awaited before an answer, so that a test decides when it comes. */
  gate: ((signal: AbortSignal) => Promise<void>) | undefined;
  failure: PlatformError | undefined;

  constructor(model: Partial<EmbeddingModel> = {}) {
    this.model = { id: 'scripted-embeddings', dimensions: 384, maxTokens: 256, ...model };
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    this.requests.push(texts);
    await this.gate?.(signal);
    if (this.failure) throw this.failure;
    const counts = texts.map((text) => text.split(/\s+/).filter((word) => word !== '').length);
    return {
      vectors: texts.map((text) => vectorOf(text, this.model.dimensions)),
      tokens: counts.reduce((sum, count) => sum + Math.min(count, this.model.maxTokens), 0),
      truncated: counts.filter((count) => count > this.model.maxTokens).length,
    };
  }

  load(): EngineLoad {
    return { running: 0, waiting: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const hash = createHash('sha256').update(text).digest();
  const values = Float32Array.from({ length: dimensions }, (_, at) => (hash[at % hash.length] ?? 0) - 127.5 + at / 997);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}
