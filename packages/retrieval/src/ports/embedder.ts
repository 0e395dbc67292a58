/** Whether a text is looked for or looks: some models tell them apart. */
export type EmbeddingRole = 'document' | 'query';

/** Turns texts into vectors. Vectors are of unit length, so that a dot product is the cosine. */
export interface Embedder {
  /** The name the index records the space by: vectors of two models never meet. */
  readonly model: string;
  readonly dimensions: number;
  /** Longer texts are cut by the model. */
  readonly maxTokens: number;
  /** One vector per text, in order. Throws `PlatformError`. */
  embed(
    texts: readonly string[],
    role: EmbeddingRole,
    options: { readonly signal: AbortSignal },
  ): Promise<readonly Float32Array[]>;
}
