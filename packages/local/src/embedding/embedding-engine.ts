import type { EngineLoad } from '../engine/engine.ts';

export interface EmbeddingModel {
  id: string;
  /** Numbers in a vector. */
  dimensions: number;
  /** Most tokens of one text, the model's own marks included; what is longer is cut off. */
  maxTokens: number;
}

/** Vectors of unit length, one a text and in the texts' order. */
export interface Embeddings {
  vectors: readonly Float32Array[];
  /** Tokens the model read, over all texts. */
  tokens: number;
  /** How many texts were longer than the model reads. */
  truncated: number;
}

/** A loaded embedding model. */
export interface EmbeddingEngine {
  readonly model: EmbeddingModel;
  /**
   * Fails with a PlatformError: `overloaded` when too much waits already, `client_closed` when `signal` fires, `upstream_failed` when the model
   * broke off, `upstream_timeout` when it took too long.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings>;
  /** In texts. */
  load(): EngineLoad;
  /** Fails what runs and waits, and frees the model. */
  close(): Promise<void>;
}
